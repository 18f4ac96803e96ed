import { readFileSync } from "node:fs";

const file = new URL("../../dist/kernels.wasm", import.meta.url);

/**
 * Returns the compiled kernels. Throws Error if they cannot be read, for example before they are compiled.
 */
export function readBinary(): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(
      `kernels: ${file.pathname} cannot be read. Run "pnpm run build" to compile the kernels.`,
      { cause },
    );
  }
}
