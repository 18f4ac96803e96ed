export { compileChanged, ensureKernels } from "./compile.ts";
export { workerFlags } from "./simd-flags.ts";
