// The compiler here is AssemblyScript's: `@inline` and `@unmanaged` are its decorators, unknown to TypeScript.
export { activate, activateBackward } from "./activations";
export { convolveAcross } from "./across-images";
export { gemmBlocks } from "./blocks";
export { channelGradientSums, channelInputGradient, channelMoments, normalizeChannels } from "./channels";
export { convolve, convolveInputGradient, convolveWeightGradient } from "./convolution";
export { bend, bendBackward } from "./curves";
export { gather } from "./data";
export { gemm } from "./gemm";
export { countCorrect, softmaxCrossEntropy, squaredError } from "./losses";
export { addNoise, drawUniforms } from "./noise";
export { adamStep, sgdStep } from "./optimizers";
export { maxPool, maxPoolBackward } from "./pool";
export { dropout } from "./random";
export { normalizeRows, rowInputGradient } from "./row-normalization";
export { allFinite, sumRows } from "./reductions";
export { resample } from "./resampling";
export { softmax, softmaxBackward } from "./softmax";
export { listNonZeros, sparseProduct, transposeLists } from "./sparse";

/** Where memory that the kernels do not use themselves begins. */
export function heapBase(): usize {
  return __heap_base;
}
