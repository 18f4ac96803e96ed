/** What Vite returns for a file imported with `?url&inline`: its content as a `data:` URL. */
declare module "*?url&inline" {
  const address: string;
  export default address;
}
