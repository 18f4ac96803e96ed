export { compileModifiedKernels, ensureKernelsCompiled } from "./compile.ts";
export { getWorkerFlags } from "./simd-flags.ts";
