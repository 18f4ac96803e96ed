import v8 from "node:v8";

const WIDEN = "--experimental-wasm-revectorize";

/**
 * The options for a Node process that is to run the kernels fast.
 *
 * V8 can run two adjacent 128-bit vector instructions as one of 256 bits; each lane does the same operations
 * in the same order, so no bit changes, and products take half the time (bench/kernels.ts). The option is
 * read when a function is compiled, so it belongs on the command line. Without Liftoff, V8's quick first
 * compiler, the first steps are fast, too. V8 itself ignores the option on processors that have no such
 * instructions.
 */
export function workerFlags(simd: 128 | 256): string[] {
  // Node 22 has the option without effect, earlier ones refuse to start with it.
  const known = Number(process.versions.node.split(".")[0]) >= 24;
  return simd === 256 && known ? [WIDEN, "--no-liftoff"] : ["--no-liftoff"];
}

/** Whether this process was started with 256-bit instructions. */
export function usesSimd256(): boolean {
  return process.execArgv.includes(WIDEN);
}

/** From here on V8 compiles to 128-bit instructions; what is compiled already stays as it is. */
export function disableSimd256(): void {
  v8.setFlagsFromString("--no-experimental-wasm-revectorize");
}
