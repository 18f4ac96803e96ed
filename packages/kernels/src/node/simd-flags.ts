import v8 from "node:v8";

const WIDEN = "--experimental-wasm-revectorize";

/**
 * Returns the flags for a Node process that runs the kernels fast.
 *
 * V8 can merge two adjacent 128-bit vector instructions into one of 256 bits. Each lane does the same
 * operations in the same order, so all bits are the same, and products take half the time (bench/kernels.ts).
 * V8 reads the flag when it compiles a function, so pass it on the command line. V8 ignores it on processors
 * without such instructions. Without Liftoff, V8's fast first compiler, the first steps are also fast.
 */
export function workerFlags(simd: 128 | 256): string[] {
  // In Node 22 the flag has no effect; earlier versions refuse to start with it.
  const known = Number(process.versions.node.split(".")[0]) >= 24;
  return simd === 256 && known ? [WIDEN, "--no-liftoff"] : ["--no-liftoff"];
}

/** Whether this process was started with 256-bit instructions. */
export function usesSimd256(): boolean {
  return process.execArgv.includes(WIDEN);
}

/** Makes V8 compile to 128-bit instructions from now on. Compiled functions do not change. */
export function disableSimd256(): void {
  v8.setFlagsFromString("--no-experimental-wasm-revectorize");
}
