import {
  sizeOf,
  type Activation,
  type AdamStep,
  type Backend,
  type Convolution,
  type ConvolutionInputGradient,
  type ConvolutionWeightGradient,
  type MatrixProduct,
  type MaxPool,
  type Noise,
  type NonZeros,
  type Resampling,
  type SgdStep,
  type Shape,
  type StreamKey,
  type Tensor,
  type Window,
} from "@nn/tensor";

import { codeOf, slopeOf } from "./activation-codes.ts";
import { roomFor, wordsOf, writeGeometry } from "./convolution.ts";
import { DEFAULT_PAGES, KernelMemory } from "./memory.ts";
import { instantiate, type Kernels } from "./module.ts";
import { ListedNonZeros, WORTH_LISTING_FROM, type Lists } from "./non-zeros.ts";

const FLOAT = 4;
/** The widest panel of the kernels, sparse.ts. */
const PANEL_COLUMNS = 64;
/** Pixels beside a resampled image, and above and below it, assembly/resampling.ts. */
const BORDER = 3;

/** The fast backend: float32, every operation one call into WebAssembly. */
export class WasmBackend implements Backend {
  readonly name: string;
  readonly precision = "float32";
  readonly #memory: KernelMemory;
  readonly #kernels: Kernels;
  /** Room for the workings of one operation, as large as any has needed so far: packed columns, padded images. */
  #room = { address: 0, bytes: 0 };

  /** `pages`: 64 KiB each, reserved at once and taken from the machine as they are touched. */
  constructor(name: string, pages = DEFAULT_PAGES) {
    this.name = name;
    this.#memory = new KernelMemory(pages);
    this.#kernels = instantiate(this.#memory.wasm, name);
    this.#memory.reset(this.#kernels.heapBase());
  }

  allocate(shape: Shape): Tensor {
    const size = sizeOf(shape);
    const address = this.#memory.allocate(size * FLOAT);
    return { shape, data: new Float32Array(this.#memory.buffer, address, size) };
  }

  allocateIntegers(length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, this.#memory.allocate(length * 4), length);
  }

  allocateBytes(length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#memory.allocate(length), length);
  }

  mark(): () => void {
    const { top } = this.#memory;
    const room = this.#room;
    return () => {
      this.#memory.reset(top);
      this.#room = room;
    };
  }

  createNonZeros(rows: number, columns: number, width: number): NonZeros {
    if (width < WORTH_LISTING_FROM) return { find() {} };
    return new ListedNonZeros(this.#kernels, this.#memory, rows, columns);
  }

  gemm(product: MatrixProduct): void {
    const {
      a,
      b,
      out,
      transposeA = false,
      transposeB = false,
      accumulate = false,
      bias,
      activation,
    } = product;
    const aColumns = columnsOf(a);
    const aRows = a.data.length / aColumns;
    const [M, K] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const bColumns = columnsOf(b);
    const N = transposeB ? b.data.length / bColumns : bColumns;
    const biasAddress = bias === undefined ? 0 : this.#address(bias);
    const panel = this.#roomFor(K * PANEL_COLUMNS * FLOAT);

    const lists = this.#listsFor(product, transposeA);
    if (lists !== undefined) {
      this.#kernels.sparseProduct(
        M,
        N,
        K,
        lists.starts,
        lists.indices,
        lists.values,
        this.#address(b),
        bColumns * FLOAT,
        this.#address(out),
        Number(accumulate),
        biasAddress,
        codeOf(activation),
        slopeOf(activation),
        panel,
      );
      return;
    }
    this.#kernels.gemm(
      M,
      N,
      K,
      this.#address(a),
      transposeA ? FLOAT : aColumns * FLOAT,
      transposeA ? aColumns * FLOAT : FLOAT,
      this.#address(b),
      bColumns * FLOAT,
      Number(transposeB),
      this.#address(out),
      Number(accumulate),
      biasAddress,
      codeOf(activation),
      slopeOf(activation),
      panel,
    );
  }

  convolve({ window, groups, x, weight, bias, activation, out }: Convolution): void {
    this.#kernels.convolve(
      this.#geometry(window, groups, x, columnsOfLast(out)),
      this.#address(x),
      this.#address(weight),
      bias === undefined ? 0 : this.#address(bias),
      codeOf(activation),
      slopeOf(activation),
      this.#address(out),
    );
  }

  convolveInputGradient({ window, groups, dy, weight, dx }: ConvolutionInputGradient): void {
    this.#kernels.convolveInputGradient(
      this.#geometry(window, groups, dx, columnsOfLast(dy)),
      this.#address(dy),
      this.#address(weight),
      this.#address(dx),
    );
  }

  convolveWeightGradient({ window, groups, x, dy, dw }: ConvolutionWeightGradient): void {
    this.#kernels.convolveWeightGradient(
      this.#geometry(window, groups, x, columnsOfLast(dy)),
      this.#address(x),
      this.#address(dy),
      this.#address(dw),
    );
  }

  maxPool({ x, top, bottom, left, right, out, places }: MaxPool): void {
    const [images = 0, height = 0, width = 0, channels = 0] = x.shape;
    this.#kernels.maxPool(
      this.#address(x),
      images,
      height,
      width,
      channels,
      top.length,
      left.length,
      this.#addressOf(top),
      this.#addressOf(bottom),
      this.#addressOf(left),
      this.#addressOf(right),
      this.#address(out),
      this.#addressOf(places),
    );
  }

  sumRows(x: Tensor, out: Tensor): void {
    const columns = out.data.length;
    this.#kernels.sumRows(this.#address(x), x.data.length / columns, columns, this.#address(out));
  }

  activate(activation: Activation, x: Tensor, out: Tensor): void {
    this.#kernels.activate(
      codeOf(activation),
      slopeOf(activation),
      this.#address(x),
      this.#address(out),
      x.data.length,
    );
  }

  activateBackward(activation: Activation, y: Tensor, dy: Tensor, out: Tensor): void {
    this.#kernels.activateBackward(
      codeOf(activation),
      slopeOf(activation),
      this.#address(y),
      this.#address(dy),
      this.#address(out),
      y.data.length,
    );
  }

  dropout(x: Tensor, rate: number, [key0, key1]: StreamKey, out: Tensor): void {
    const threshold = Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1);
    this.#kernels.dropout(
      this.#address(x),
      x.data.length,
      key0,
      key1,
      threshold,
      1 / (1 - rate),
      this.#address(out),
    );
  }

  softmaxCrossEntropy(logits: Tensor, labels: Int32Array, gradient: Tensor): number {
    const classes = columnsOf(logits);
    return this.#kernels.softmaxCrossEntropy(
      this.#address(logits),
      this.#addressOf(labels),
      logits.data.length / classes,
      classes,
      this.#address(gradient),
    );
  }

  squaredError(outputs: Tensor, labels: Int32Array, gradient: Tensor): number {
    const classes = columnsOf(outputs);
    return this.#kernels.squaredError(
      this.#address(outputs),
      this.#addressOf(labels),
      outputs.data.length / classes,
      classes,
      this.#address(gradient),
    );
  }

  countCorrect(outputs: Tensor, labels: Int32Array): number {
    const classes = columnsOf(outputs);
    return this.#kernels.countCorrect(
      this.#address(outputs),
      this.#addressOf(labels),
      outputs.data.length / classes,
      classes,
    );
  }

  sgdStep(step: SgdStep): void {
    this.#kernels.sgdStep(
      this.#address(step.value),
      this.#address(step.gradient),
      step.velocity === undefined ? 0 : this.#address(step.velocity),
      step.value.data.length,
      step.learningRate,
      step.momentum,
      Number(step.nesterov),
      step.weightDecay,
    );
  }

  adamStep(step: AdamStep): void {
    this.#kernels.adamStep(
      this.#address(step.value),
      this.#address(step.gradient),
      this.#address(step.firstMoment),
      this.#address(step.secondMoment),
      step.value.data.length,
      step.stepSize,
      step.correction,
      step.beta1,
      step.beta2,
      1 - step.beta1,
      1 - step.beta2,
      step.epsilon,
      step.decoupled ? step.learningRate * step.weightDecay : step.weightDecay,
      Number(step.decoupled),
    );
  }

  gather(source: Uint8Array, rowLength: number, indices: Int32Array, scale: number, out: Tensor): void {
    this.#kernels.gather(
      this.#addressOf(source),
      rowLength,
      this.#addressOf(indices),
      indices.length,
      scale,
      this.#address(out),
    );
  }

  resample({ x, maps, displacements, strength = 0, black }: Resampling): void {
    const [images = 0, height = 0, width = 0, channels = 0] = x.shape;
    this.#kernels.resample(
      this.#address(x),
      images,
      height,
      width,
      channels,
      this.#address(maps),
      displacements === undefined ? 0 : this.#address(displacements),
      strength,
      black,
      this.#roomFor((height + BORDER) * (width + BORDER) * FLOAT),
    );
  }

  drawUniforms(keys: Int32Array, out: Tensor): void {
    const [rows = 0, images = 0, length = 0] = out.shape;
    this.#kernels.drawUniforms(this.#addressOf(keys), rows, images, length, this.#address(out));
  }

  addNoise({ x, keys, radii, directions, low, high }: Noise): void {
    const images = x.shape[0]!;
    this.#kernels.addNoise(
      this.#address(x),
      images,
      x.data.length / images,
      this.#addressOf(keys),
      this.#address(radii),
      this.#address(directions),
      low,
      high,
    );
  }

  allFinite(x: Tensor): boolean {
    return this.#kernels.allFinite(this.#address(x), x.data.length) === 1;
  }

  #address(tensor: Tensor): number {
    return this.#addressOf(tensor.data);
  }

  /** The edge between JavaScript's arrays and the kernels' memory: an array from elsewhere has no address there. */
  #addressOf(array: Tensor["data"] | Int32Array | Uint8Array): number {
    if (array.buffer !== this.#memory.buffer) {
      throw new TypeError(
        "kernels: an array is not in the kernels' memory. " +
          "Make tensors with backend.allocate, labels and indices with backend.allocateIntegers, bytes with backend.allocateBytes.",
      );
    }
    return array.byteOffset;
  }

  /** The lists of A where they can stand for it: leaving out 0·b changes nothing unless b is infinite or NaN. */
  #listsFor({ nonZeros, b, transposeB }: MatrixProduct, transposeA: boolean): Lists | undefined {
    if (!(nonZeros instanceof ListedNonZeros) || transposeB) return undefined;
    const lists = nonZeros.lists(transposeA);
    return lists !== undefined && this.allFinite(b) ? lists : undefined;
  }

  /** Writes what a convolution is into the room for its workings; returns its address. */
  #geometry(window: Window, groups: number, x: Tensor, filters: number): number {
    const room = roomFor(window, groups, columnsOfLast(x), filters);
    const words = wordsOf(room);
    const address = this.#roomFor(words * 4);
    writeGeometry(
      new Int32Array(this.#memory.buffer, address, words),
      address,
      { window, groups, x, filters },
      room,
    );
    return address;
  }

  /** The address of at least that many bytes, for the workings of one operation. */
  #roomFor(bytes: number): number {
    if (bytes > this.#room.bytes) this.#room = { address: this.#memory.allocate(bytes), bytes };
    return this.#room.address;
  }
}

/** Extent of the last axis. */
function columnsOfLast({ shape }: Tensor): number {
  return shape[shape.length - 1]!;
}

/** (first axis, product of the others): the number of columns of a tensor that counts as a matrix. */
function columnsOf(tensor: Tensor): number {
  return tensor.data.length / tensor.shape[0]!;
}
