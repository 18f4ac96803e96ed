import type { Backend, SparsityPattern, Precision, Window } from "../backend.ts";
import { chooseConvolutionMethod } from "../convolution-method.ts";
import { countElements } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { activate, activateBackward } from "./activations.ts";
import {
  channelGradientSums,
  channelInputGradient,
  channelMoments,
  normalizeChannels,
} from "./channel-normalization.ts";
import { gemmBlocks } from "./blocks.ts";
import * as direct from "./convolutions.ts";
import { applyElementwise, applyElementwiseBackward } from "./elementwise.ts";
import { allFinite, gather } from "./data.ts";
import { dropout } from "./dropout.ts";
import { countCorrect, softmaxCrossEntropy, meanSquaredError } from "./losses.ts";
import { adamStep, sgdStep } from "./optimizers.ts";
import { maxPool, maxPoolBackward } from "./pools.ts";
import { gemm, sumRows } from "./products.ts";
import { addNoise, drawUniforms } from "./random-numbers.ts";
import { resample } from "./resampling.ts";
import { gruStep, gruStepBackward, lstmStep, lstmStepBackward } from "./recurrent-steps.ts";
import { roundTo } from "./rounding.ts";
import { normalizeRows, normalizeRowsBackward } from "./row-normalization.ts";
import { softmax, softmaxBackward } from "./softmax.ts";
import * as winograd from "./winograd.ts";

/**
 * Creates the reference backend: plain loops that implement the contract of `Backend` bit for bit. Tests
 * compare the fast kernels with its float32 results, and gradient checks use it in float64.
 */
export function createReferenceBackend(precision: Precision): Backend {
  const round = roundTo[precision];
  const FloatArray = precision === "float32" ? Float32Array : Float64Array;
  return {
    name: "reference",
    precision,

    allocate: (shape) => ({ shape, data: new FloatArray(countElements(shape)) }),
    allocateIntegers: (length) => new Int32Array(length),
    allocateBytes: (length) => new Uint8Array(length),
    // The garbage collector frees the memory.
    mark: () => () => {},
    createSparsityPattern: () => takesEveryTerm,
    prepareConvolution: () => {},

    gemm: (product) => gemm(round, product),
    gemmBlocks: (products) => gemmBlocks(round, products),
    convolve: (convolution) => methodFor(convolution, convolution.weight).convolve(round, convolution),
    convolveInputGradient: (gradient) =>
      methodFor(gradient, gradient.weight).convolveInputGradient(round, gradient),
    convolveWeightGradient: (gradient) =>
      methodFor(gradient, gradient.dw).convolveWeightGradient(round, gradient),
    maxPool,
    maxPoolBackward: (gradient) => maxPoolBackward(round, gradient),
    channelMoments: (moments) => channelMoments(round, moments),
    normalizeChannels: (normalization) => normalizeChannels(round, normalization),
    channelGradientSums: (sums) => channelGradientSums(round, sums),
    channelInputGradient: (gradient) => channelInputGradient(round, gradient),
    normalizeRows: (normalization) => normalizeRows(round, normalization),
    normalizeRowsBackward: (gradient) => normalizeRowsBackward(round, gradient),
    sumRows: (x, out) => sumRows(round, x, out),
    activate: (activation, x, out) => activate(round, activation, x, out),
    activateBackward: (activation, y, dy, out) => activateBackward(round, activation, y, dy, out),
    applyElementwise,
    applyElementwiseBackward,
    lstmStep: (step) => lstmStep(round, step),
    lstmStepBackward: (step) => lstmStepBackward(round, step),
    gruStep: (step) => gruStep(round, step),
    gruStepBackward: (step) => gruStepBackward(round, step),
    softmax,
    softmaxBackward,
    dropout: (x, rate, key, out) => dropout(round, x, rate, key, out),

    softmaxCrossEntropy: (logits, labels, gradient) => softmaxCrossEntropy(round, logits, labels, gradient),
    meanSquaredError: (outputs, labels, gradient) => meanSquaredError(round, outputs, labels, gradient),
    countCorrect,

    sgdStep: (step) => sgdStep(round, step),
    adamStep: (step) => adamStep(round, step),

    gather: (source, rowLength, indices, scale, out) => gather(round, source, rowLength, indices, scale, out),
    resample: (resampling) => resample(round, resampling),
    drawUniforms,
    addNoise: (noise) => addNoise(round, noise),
    allFinite,
  };
}

/**
 * Does nothing, because the reference backend computes every term. Skipping zeros would not change the
 * result.
 */
const takesEveryTerm: SparsityPattern = { find: () => {} };

const methods = { direct, winograd };

/** Returns the implementation for a convolution whose weights have the shape (KH, KW, C / groups, F). */
function methodFor({ window, groups }: { window: Window; groups: number }, { shape }: Tensor) {
  const [, , groupC = 0, F = 0] = shape;
  return methods[chooseConvolutionMethod(window, groups, groups * groupC, F)];
}
