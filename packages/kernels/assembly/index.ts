// This folder is compiled by AssemblyScript. `@inline` and `@unmanaged` are its decorators, which TypeScript
// does not know.
export { activate, activateBackward } from "./activations";
export { convolveAcross } from "./across-images";
export {
  blockGradientSums, blockMoments, channelGradientSums, channelInputGradient, channelMoments, joinGradientSums,
  joinMoments, normalizeChannels,
} from "./channels";
export { gemmBlocks } from "./blocks";
export { convolve, convolveInputGradient, convolveWeightGradient } from "./convolution";
export { bend, bendBackward } from "./curves";
export { gather } from "./data";
export { gemm } from "./gemm";
export { countCorrect, softmaxCrossEntropy, meanSquaredError } from "./losses";
export { addNoise, drawUniforms } from "./noise";
export { adamStep, sgdStep } from "./optimizers";
export { setOwn } from "./own";
export { maxPool, maxPoolBackward } from "./pool";
export { dropout } from "./random";
export { gruStep, gruStepBackward, lstmStep, lstmStepBackward } from "./recurrent-steps";
export { anyInfinite, sumRows } from "./reductions";
export { addBlocks, normalizeRows, rowInputGradient } from "./row-normalization";
export { resample } from "./resampling";
export { softmax, softmaxBackward } from "./softmax";
export { listNonZeros, sparseProduct, transposeLists } from "./sparse";
export { winogradConvolve, winogradWeightGradient } from "./winograd";

/** Returns the address of the first byte that the kernels do not use themselves. */
export function heapBase(): usize {
  return __heap_base;
}
