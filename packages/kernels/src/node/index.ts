export { compileModifiedKernels, ensureKernelsCompiled } from "./compile.ts";
export { getNodeFlags } from "./simd-flags.ts";
