import address from "../../dist/kernels.wasm?url&inline";

/** Returns the compiled kernels, which are bundled with the page. */
export function readBinary(): Uint8Array {
  const text = atob(address.slice(address.indexOf(",") + 1));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
