/** What Vite makes of a file that is named with `?inline`: its content as a `data:` address. */
declare module "*?inline" {
  const address: string;
  export default address;
}
