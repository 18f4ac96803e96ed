/** A file imported with `?url&inline`. Vite returns its content as a `data:` URL. */
declare module "*?url&inline" {
  const address: string;
  export default address;
}
