import {
  countElements,
  type Activation,
  type AdamStep,
  type Backend,
  type BlockProducts,
  type ChannelGradientSums,
  type ChannelInputGradient,
  type ChannelMoments,
  type ChannelNormalization,
  type Convolution,
  type ConvolutionInputGradient,
  type ConvolutionWeightGradient,
  type ElementwiseFunction,
  type GruStep,
  type GruStepBackward,
  type LstmStep,
  type LstmStepBackward,
  type MatrixProduct,
  type MaxPool,
  type MaxPoolGradient,
  type GaussianNoise,
  type SparsityPattern,
  type Resampling,
  type RowNormalization,
  type RowNormalizationGradient,
  type SgdStep,
  type Shape,
  type Softmax,
  type SoftmaxBackward,
  type StreamKey,
  type Tensor,
  type Window,
} from "@nn/tensor";

import { computeConvolutionWorkspaceBytes } from "./convolution.ts";
import { Engine, BYTES_PER_FLOAT, type Threads } from "./engine.ts";
import { DEFAULT_PAGES } from "./memory.ts";
import { SparseMatrix, MIN_SPARSE_COLUMNS } from "./sparse-matrix.ts";
import {
  channelGradientSums,
  channelInputGradient,
  channelMoments,
  normalizeChannels,
} from "./operations/channels.ts";
import { convolve, convolveInputGradient, convolveWeightGradient } from "./operations/convolutions.ts";
import { applyElementwise, applyElementwiseBackward } from "./operations/elementwise-functions.ts";
import { gather } from "./operations/data.ts";
import { activate, activateBackward, dropout } from "./operations/elementwise.ts";
import { addNoise, drawUniforms, resample } from "./operations/images.ts";
import { countCorrect, softmaxCrossEntropy, meanSquaredError } from "./operations/losses.ts";
import { adamStep, sgdStep } from "./operations/optimizers.ts";
import { maxPool, maxPoolBackward } from "./operations/pools.ts";
import { gemm, gemmBlocks } from "./operations/products.ts";
import { gruStep, gruStepBackward, lstmStep, lstmStepBackward } from "./operations/recurrent-steps.ts";
import { allFinite, sumRows } from "./operations/reductions.ts";
import { normalizeRows, normalizeRowsBackward } from "./operations/row-normalization.ts";
import { softmax, softmaxBackward } from "./operations/softmax.ts";

/**
 * The fast backend: float32, with all operations in WebAssembly. The files in operations/ call the kernels.
 */
export class WasmBackend implements Backend {
  readonly name: string;
  readonly precision = "float32";
  readonly #engine: Engine;

  /**
   * `pages` is the size of the memory in pages of 64 KiB. All pages are reserved at once, but a page uses
   * physical memory only after it is first written.
   */
  constructor(name: string, pages = DEFAULT_PAGES) {
    this.name = name;
    this.#engine = new Engine(name, pages);
  }

  /**
   * Reserves memory for `count` threads, including the calling one, that can share the operations. The
   * results do not depend on the number of threads. `minWork` is the minimum number of multiply-adds per
   * thread. Call this method before `mark`, because the memory of the threads must not be freed.
   */
  reserveThreads(count: number, minWork?: number): Threads {
    return this.#engine.reserveThreads(count, minWork);
  }

  /**
   * Reserves and starts threads, and splits all operations among them. Rejects if a thread does not start.
   */
  async startThreads(count: number, minWork?: number): Promise<Threads> {
    const threads = this.reserveThreads(count, minWork);
    await threads.start();
    threads.use(count);
    return threads;
  }

  allocate(shape: Shape): Tensor {
    const { memory } = this.#engine;
    const size = countElements(shape);
    const address = memory.allocate(size * BYTES_PER_FLOAT);
    return { shape, data: new Float32Array(memory.buffer, address, size) };
  }

  allocateIntegers(length: number): Int32Array {
    const { memory } = this.#engine;
    return new Int32Array(memory.buffer, memory.allocate(length * 4), length);
  }

  allocateBytes(length: number): Uint8Array {
    const { memory } = this.#engine;
    return new Uint8Array(memory.buffer, memory.allocate(length), length);
  }

  mark(): () => void {
    return this.#engine.mark();
  }

  createSparsityPattern(rows: number, columns: number, width: number): SparsityPattern {
    if (width < MIN_SPARSE_COLUMNS) return { find() {} };
    const { kernels, memory } = this.#engine;
    return new SparseMatrix(kernels, memory, rows, columns);
  }

  prepareConvolution(window: Window, groups: number, channels: number, filters: number): void {
    this.#engine.workspace(computeConvolutionWorkspaceBytes(window, groups, channels, filters), 0);
  }

  gemm(product: MatrixProduct): void {
    gemm(this.#engine, product);
  }

  gemmBlocks(products: BlockProducts): void {
    gemmBlocks(this.#engine, products);
  }

  convolve(convolution: Convolution): void {
    convolve(this.#engine, convolution);
  }

  convolveInputGradient(gradient: ConvolutionInputGradient): void {
    convolveInputGradient(this.#engine, gradient);
  }

  convolveWeightGradient(gradient: ConvolutionWeightGradient): void {
    convolveWeightGradient(this.#engine, gradient);
  }

  maxPool(pool: MaxPool): void {
    maxPool(this.#engine, pool);
  }

  maxPoolBackward(gradient: MaxPoolGradient): void {
    maxPoolBackward(this.#engine, gradient);
  }

  channelMoments(moments: ChannelMoments): void {
    channelMoments(this.#engine, moments);
  }

  normalizeChannels(normalization: ChannelNormalization): void {
    normalizeChannels(this.#engine, normalization);
  }

  channelGradientSums(sums: ChannelGradientSums): void {
    channelGradientSums(this.#engine, sums);
  }

  channelInputGradient(gradient: ChannelInputGradient): void {
    channelInputGradient(this.#engine, gradient);
  }

  normalizeRows(normalization: RowNormalization): void {
    normalizeRows(this.#engine, normalization);
  }

  normalizeRowsBackward(gradient: RowNormalizationGradient): void {
    normalizeRowsBackward(this.#engine, gradient);
  }

  sumRows(x: Tensor, out: Tensor): void {
    sumRows(this.#engine, x, out);
  }

  activate(activation: Activation, x: Tensor, out: Tensor): void {
    activate(this.#engine, activation, x, out);
  }

  activateBackward(activation: Activation, y: Tensor, dy: Tensor, out: Tensor): void {
    activateBackward(this.#engine, activation, y, dy, out);
  }

  applyElementwise(f: ElementwiseFunction, x: Tensor, out: Tensor): void {
    applyElementwise(this.#engine, f, x, out);
  }

  applyElementwiseBackward(f: ElementwiseFunction, x: Tensor, dy: Tensor, out: Tensor): void {
    applyElementwiseBackward(this.#engine, f, x, dy, out);
  }

  lstmStep(step: LstmStep): void {
    lstmStep(this.#engine, step);
  }

  lstmStepBackward(step: LstmStepBackward): void {
    lstmStepBackward(this.#engine, step);
  }

  gruStep(step: GruStep): void {
    gruStep(this.#engine, step);
  }

  gruStepBackward(step: GruStepBackward): void {
    gruStepBackward(this.#engine, step);
  }

  softmax(of: Softmax): void {
    softmax(this.#engine, of);
  }

  softmaxBackward(of: SoftmaxBackward): void {
    softmaxBackward(this.#engine, of);
  }

  dropout(x: Tensor, rate: number, key: StreamKey, out: Tensor): void {
    dropout(this.#engine, x, rate, key, out);
  }

  softmaxCrossEntropy(logits: Tensor, labels: Int32Array, gradient: Tensor): number {
    return softmaxCrossEntropy(this.#engine, logits, labels, gradient);
  }

  meanSquaredError(outputs: Tensor, labels: Int32Array, gradient: Tensor): number {
    return meanSquaredError(this.#engine, outputs, labels, gradient);
  }

  countCorrect(outputs: Tensor, labels: Int32Array): number {
    return countCorrect(this.#engine, outputs, labels);
  }

  sgdStep(step: SgdStep): void {
    sgdStep(this.#engine, step);
  }

  adamStep(step: AdamStep): void {
    adamStep(this.#engine, step);
  }

  gather(source: Uint8Array, rowLength: number, indices: Int32Array, scale: number, out: Tensor): void {
    gather(this.#engine, source, rowLength, indices, scale, out);
  }

  resample(resampling: Resampling): void {
    resample(this.#engine, resampling);
  }

  drawUniforms(keys: Int32Array, out: Tensor): void {
    drawUniforms(this.#engine, keys, out);
  }

  addNoise(noise: GaussianNoise): void {
    addNoise(this.#engine, noise);
  }

  allFinite(x: Tensor): boolean {
    return allFinite(this.#engine, x);
  }
}
