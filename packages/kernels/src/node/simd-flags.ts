import v8 from "node:v8";

const REVECTORIZE = "--experimental-wasm-revectorize";

/**
 * Returns the Node flags with which a process runs the kernels fast, with vectors of up to `simd` bits.
 *
 * V8 can merge two adjacent 128-bit vector instructions into one 256-bit instruction. Each lane computes the
 * same operations in the same order, so the results have the same bits, and matrix products take half the
 * time (bench/kernels.ts). V8 reads the flag when it compiles a function, so pass it on the command line. V8
 * ignores it on processors without 256-bit instructions. `--no-liftoff` disables V8's baseline compiler, so
 * that the first steps also run optimized code.
 */
export function getNodeFlags(simd: 128 | 256): string[] {
  // In Node 22 the flag has no effect; earlier versions refuse to start with it.
  const known = Number(process.versions.node.split(".")[0]) >= 24;
  return simd === 256 && known ? [REVECTORIZE, "--no-liftoff"] : ["--no-liftoff"];
}

/** Returns whether this process was started with the flag for 256-bit instructions. */
export function usesSimd256(): boolean {
  return process.execArgv.includes(REVECTORIZE);
}

/** Makes V8 use only 128-bit instructions in functions that it compiles from now on. */
export function disableSimd256(): void {
  v8.setFlagsFromString("--no-experimental-wasm-revectorize");
}
