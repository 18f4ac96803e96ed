/** What Vite makes of a file that is named with `?url&inline`: its content as a `data:` address. */
declare module "*?url&inline" {
  const address: string;
  export default address;
}
