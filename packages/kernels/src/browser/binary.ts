import address from "../../dist/kernels.wasm?url&inline";

/** The compiled kernels, which the page has with its code. */
export function readBinary(): Uint8Array {
  const text = atob(address.slice(address.indexOf(",") + 1));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
