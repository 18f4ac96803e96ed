export { compileChanged, ensureKernels } from "./compile.ts";
export { getWorkerFlags } from "./simd-flags.ts";
