import type { Activation } from "./activation.ts";
import type {
  ChannelGradientSums,
  ChannelInputGradient,
  ChannelMoments,
  ChannelNormalization,
} from "./channel-normalization.ts";
import type { Noise, Resampling } from "./image-changes.ts";
import type { AdamStep, SgdStep } from "./optimizer-steps.ts";
import type { GruStep, GruStepBackward, LstmStep, LstmStepBackward } from "./recurrent-steps.ts";
import type { RowInputGradient, RowNormalization } from "./row-normalization.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The operations of networks, on float32 numbers or, in the reference backend, also on float64 numbers.
 *
 * Strict arithmetic: every operation is rounded once, multiply then add, never fused. A sum runs in the order
 * that its contract states. The order depends only on shapes, so every backend computes the same bytes for
 * any vector width and number of threads. Elementary functions are those of this package, evaluated in
 * float64 and rounded once. Every scalar argument (learning rate, slope, scale …) is rounded to the precision
 * before its use.
 *
 * NaN and infinity are never hidden: no value is clamped, a product with zero is computed (0 · ∞ is NaN), and
 * a zero keeps its sign. Only the sign and the payload of a NaN are undefined; they differ between
 * processors.
 *
 * Operations do not check shapes, which are checked when a model is planned. Operands must not overlap `out`
 * unless the contract allows it.
 */
export interface Backend {
  /** `reference` or the variant of the kernels, as in environment.json. */
  readonly name: string;
  readonly precision: Precision;

  /** Returns a tensor of zeros. It is valid as long as the backend, or until it is freed; see `mark`. */
  allocate(shape: Shape): Tensor;
  /** Returns integers for labels and row indices, all 0, in memory that the kernels can access. */
  allocateIntegers(length: number): Int32Array;
  /** Returns bytes for raw images, all 0, in memory that the kernels can access. */
  allocateBytes(length: number): Uint8Array;

  /**
   * Marks the current allocations. The returned function frees everything that was allocated since. So a
   * process that trains one network after the other keeps its images and frees each network.
   */
  mark(): () => void;

  /**
   * Allocates memory for the positions of the non-zeros of a matrix of at most `rows` × `columns`. `width` is
   * the approximate number of columns of its products. With it, a backend decides whether to find the
   * non-zeros.
   */
  createNonZeros(rows: number, columns: number, width: number): NonZeros;

  /**
   * Allocates memory for the intermediate values of a convolution and its gradients, so that no step
   * allocates any. `channels` and `filters` are the totals over all groups. It is optional.
   */
  prepareConvolution(window: Window, groups: number, channels: number, filters: number): void;

  /** out = activation(A·B + bias), or out += A·B. See MatrixProduct. */
  gemm(product: MatrixProduct): void;
  /** Computes many small products of one shape in one call. See BlockProducts. */
  gemmBlocks(products: BlockProducts): void;
  /**
   * out = activation(x ∗ W + bias): a convolution. See Convolution. The order of the sums of a convolution
   * and its gradients is stated here if `convolutionMethod` (convolution-method.ts) returns "direct", and
   * there for "winograd".
   */
  convolve(convolution: Convolution): void;
  /**
   * dx = ∂loss/∂x of `convolve`, from dy (N, OH, OW, F) and W. dx[n, iy, ix, c] = Σ dy[n, oy, ox, f] · w[ky,
   * kx, c, f] over all windows that cover the pixel, (oy, ox, f) ascending, from +0; f runs over the filters
   * of the group of c. A backend may add terms of dy = 0 for windows that do not exist, so an infinite or NaN
   * weight may make more numbers of dx NaN, but not fewer.
   */
  convolveInputGradient(gradient: ConvolutionInputGradient): void;
  /**
   * dW += ∂loss/∂W of `convolve`, from x and dy. dw[ky, kx, c, f] starts from its current value and adds Σ
   * x[…] · dy[n, oy, ox, f], (n, oy, ox) ascending. Pixels outside the image are zeros.
   */
  convolveWeightGradient(gradient: ConvolutionWeightGradient): void;

  /** Finds the largest number in each window, and its position. See MaxPool. */
  maxPool(pool: MaxPool): void;
  /** dx = +0 everywhere, then dx[places[i]] += dy[i], i ascending, with the places that `maxPool` found. */
  maxPoolBackward(gradient: MaxPoolGradient): void;

  /** Mean and variance of each channel. See ChannelMoments. */
  channelMoments(moments: ChannelMoments): void;
  /** out = activation((x − mean)·scale + shift), channel by channel. See ChannelNormalization. */
  normalizeChannels(normalization: ChannelNormalization): void;
  /** Computes Σ dy and Σ dy·(x − mean) of each channel. See ChannelGradientSums. */
  channelGradientSums(sums: ChannelGradientSums): void;
  /** Computes ∂loss/∂x of a normalization of channels. See ChannelInputGradient. */
  channelInputGradient(gradient: ChannelInputGradient): void;
  /** out = (x − mean)·scale·weight + bias, row by row. See RowNormalization. */
  normalizeRows(normalization: RowNormalization): void;
  /** Computes ∂loss/∂x of a normalization of rows. See RowInputGradient. */
  rowInputGradient(gradient: RowInputGradient): void;

  /** out[j] += Σ_n x[n, j], n ascending, starting from the current value of `out`. x (N, D), out (D). */
  sumRows(x: Tensor, out: Tensor): void;

  /** out = f(x), elementwise. `out` may be `x`. */
  activate(activation: Activation, x: Tensor, out: Tensor): void;
  /** out = dy · f′(x), elementwise, with f′ taken from the output y = f(x). `out` may be `dy`. */
  activateBackward(activation: Activation, y: Tensor, dy: Tensor, out: Tensor): void;

  /** out = f(x), elementwise, evaluated in float64 and rounded once. `out` may be `x`. */
  applyElementwise(curve: ElementwiseFunction, x: Tensor, out: Tensor): void;
  /** out = dy · f′(x), elementwise, with f′ and the product in float64, rounded once. `out` may be `dy`. */
  applyElementwiseBackward(curve: ElementwiseFunction, x: Tensor, dy: Tensor, out: Tensor): void;

  /** Computes one step of a long short-term memory. See LstmStep. */
  lstmStep(step: LstmStep): void;
  /** Computes the backward pass of `lstmStep`. See LstmStepBackward. */
  lstmStepBackward(step: LstmStepBackward): void;
  /** Computes one step of a gated recurrent unit. See GruStep. */
  gruStep(step: GruStep): void;
  /** Computes the backward pass of `gruStep`. See GruStepBackward. */
  gruStepBackward(step: GruStepBackward): void;

  /** Computes the softmax of each row. See Softmax. */
  softmax(softmax: Softmax): void;
  /**
   * dx = scale·y·(dy − Σ dy·y), with y the output of `softmax` and the sum over the row. See SoftmaxBackward.
   */
  softmaxBackward(backward: SoftmaxBackward): void;

  /**
   * out[i] = x[i] · factor, one rounding, with factor 1 / (1 − rate) where `streamWord(key, i)` (threefry.ts)
   * is at or above min(round(rate · 2³²), 2³² − 1), and factor +0 elsewhere. So x is dropped with probability
   * `rate`, 0 ≤ rate < 1. 1 / (1 − rate) is computed in float64 and rounded. The same key gives the same
   * mask, so the backward pass is the same call on dy. `out` may be `x`.
   */
  dropout(x: Tensor, rate: number, key: StreamKey, out: Tensor): void;

  /**
   * Computes softmax and cross-entropy in one operation, stable for any logits. logits (N, C), labels (N)
   * each in 0 … C−1. gradient (N, C) = (softmax(logits) − onehot(labels)) / N. Returns the mean of −log
   * softmax(logits)[label]. Per row, with m the row's maximum (found by `>` from the first on) and z =
   * round(x − m): e = round(exp(z)), s = Σ e in ascending order from +0, p = e / s, gradient = (p − t) / N
   * with t 1 at the label and 0 elsewhere, each operation rounded. The row's loss is log(s) − z[label] in
   * float64; the rows are summed in float64 in ascending order, then divided by N.
   */
  softmaxCrossEntropy(logits: Tensor, labels: Int32Array, gradient: Tensor): number;
  /**
   * Computes the mean squared error against one-hot labels. outputs (N, C), gradient (N, C) = factor·d with d
   * = round(y − t) and factor = 2 / (N·C). Returns the mean of d² over all N·C numbers, squared and summed in
   * float64 in ascending order.
   */
  squaredError(outputs: Tensor, labels: Int32Array, gradient: Tensor): number;
  /**
   * Returns how many rows have their largest value (the first of equals) at their label. outputs (N, C),
   * labels (N). A row with a NaN counts as wrong.
   */
  countCorrect(outputs: Tensor, labels: Int32Array): number;

  /** Makes one step of stochastic gradient descent and sets `gradient` to zero. See SgdStep. */
  sgdStep(step: SgdStep): void;
  /** Makes one step of Adam or AdamW and sets `gradient` to zero. See AdamStep. */
  adamStep(step: AdamStep): void;

  /** out[n, i] = source[indices[n], i] · scale, from bytes. out (N, …) has rowLength numbers per row. */
  gather(source: Uint8Array, rowLength: number, indices: Int32Array, scale: number, out: Tensor): void;

  /** Resamples images in place, for geometric transforms. See Resampling. */
  resample(resampling: Resampling): void;
  /**
   * out (R, N, D) = uniform in (−1, 1): number i of row r of image n is h·2⁻¹⁵ + (2⁻¹⁶ − 1), exact in every
   * precision, where h is 16 bits of the block threefry(keys[n], ⌊i / 4⌋, r): those of the first word, the
   * lower half first, then those of the second.
   */
  drawUniforms(keys: Int32Array, out: Tensor): void;
  /** Adds normally distributed numbers to images in place, and clips the sums. See Noise. */
  addNoise(noise: Noise): void;

  /** Returns whether every number is finite. */
  allFinite(x: Tensor): boolean;
}

/** The floating-point format of a backend's numbers. */
export type Precision = "float32" | "float64";

/** Two 32-bit words that name a random stream; see rng.ts. */
export type StreamKey = readonly [number, number];

/**
 * An elementwise function whose derivative needs its input. reference/elementwise.ts defines the float64
 * operations of each. Arguments are not rounded to the precision first.
 */
export type ElementwiseFunction =
  /** x·Φ(x), with Φ the normal distribution function. */
  | { readonly kind: "gelu" }
  /** x·sigmoid(2·√(2/π)·(x + 0.044715·x³)), which is close to gelu. */
  | { readonly kind: "gelu-tanh" }
  /** x·sigmoid(x) */
  | { readonly kind: "silu" }
  /** x·tanh(log(1 + e^x)) */
  | { readonly kind: "mish" }
  /** log(1 + e^(beta·x)) / beta */
  | { readonly kind: "softplus"; readonly beta: number }
  /** scale · (x if x > 0, else alpha·(e^x − 1)) */
  | { readonly kind: "exponential-linear"; readonly alpha: number; readonly scale: number }
  /** 0 if x ≤ −3, x if x ≥ 3, else x·(x + 3) / 6. */
  | { readonly kind: "hard-swish" };

/**
 * Operands of `Backend.gemm`: out (M, N) = A (M, K) · B (K, N). Each element is Σ_k a·b with k ascending,
 * from +0, plus bias[j], then the activation. A tensor with more than two axes is treated as (first axis,
 * product of the others).
 */
export interface MatrixProduct {
  readonly a: Tensor;
  /** `a` holds Aᵀ, (K, M). */
  readonly transposeA?: boolean;
  readonly b: Tensor;
  /** `b` holds Bᵀ, (N, K). */
  readonly transposeB?: boolean;
  readonly out: Tensor;
  /** The sum starts from the current value of `out` instead of +0. Not together with bias or activation. */
  readonly accumulate?: boolean;
  /** (N) */
  readonly bias?: Tensor;
  readonly activation?: Activation;
  /**
   * The non-zeros of `a`, as stored. A backend can then skip terms of zero. This gives the same bytes,
   * because a sum that starts at +0 never becomes −0. But 0 · ∞ and 0 · NaN are NaN: if `b` has such numbers,
   * every term is computed.
   */
  readonly nonZeros?: NonZeros;
}

/**
 * Matrices of one shape within a tensor: matrix (i, j) begins at offset + i·outerStep + j·innerStep, and its
 * rows are rowStep apart, all in numbers. So attention needs no copy of its heads: i is the example, j the
 * head.
 */
export interface Blocks {
  readonly tensor: Tensor;
  readonly offset: number;
  readonly outerStep: number;
  readonly innerStep: number;
  readonly rowStep: number;
}

/**
 * Operands of `Backend.gemmBlocks`: for each (i, j), i < outer, j < inner, out = A·B as `gemm` computes it. A
 * (M, K), B (K, N), out (M, N). Blocks of `out` must not overlap.
 */
export interface BlockProducts {
  readonly outer: number;
  readonly inner: number;
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly a: Blocks;
  /** `a` holds Aᵀ, (K, M). */
  readonly transposeA?: boolean;
  readonly b: Blocks;
  /** `b` holds Bᵀ, (N, K). */
  readonly transposeB?: boolean;
  readonly out: Blocks;
}

/**
 * Operands of `Backend.softmax`: out = e^(scale·x) / Σ e^(scale·x) over each row of `columns` numbers. In
 * float64, with m the largest number of the row: e = exp(scale·(x − m)), and out = e / s, rounded once. s has
 * four lanes: lane l is the sum of every fourth e from the l-th on, ascending, from +0; s = (s₀ + s₁) + (s₂ +
 * s₃). scale > 0 is not rounded to the precision first. A NaN makes its whole row NaN.
 */
export interface Softmax {
  readonly x: Tensor;
  readonly columns: number;
  readonly scale: number;
  /** Row r uses only the columns 0 … r mod `columns`; the outputs of the others are +0. */
  readonly causal?: boolean;
  /** May be `x`. */
  readonly out: Tensor;
}

/**
 * Operands of `Backend.softmaxBackward`. In float64: Σ dy·y in four lanes as in Softmax, dx = (scale·y)·(dy −
 * Σ), rounded once.
 */
export interface SoftmaxBackward {
  readonly y: Tensor;
  readonly dy: Tensor;
  readonly columns: number;
  readonly scale: number;
  /** dx; may be `dy`. */
  readonly out: Tensor;
}

/**
 * The positions of a window of (kernelHeight, kernelWidth) weights on an image of (height, width): output
 * (oy, ox) uses the pixels (oy·strideHeight − padTop + ky·dilationHeight, ox·strideWidth − padLeft +
 * kx·dilationWidth). Pixels outside the image are zeros.
 */
export interface Window {
  readonly height: number;
  readonly width: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  /** OH and OW: the number of windows. The padding below and to the right follows from them. */
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/**
 * Operands of `Backend.convolve`. Images are (N, H, W, C), channels last. out[n, oy, ox, f] = Σ x[n, iy, ix,
 * c] · w[ky, kx, c, f], (ky, kx, c) ascending, from +0, plus bias[f], then the activation. With groups,
 * filter f of group g uses only the C / groups channels of that group.
 */
export interface Convolution {
  readonly window: Window;
  readonly groups: number;
  /** (N, H, W, C) */
  readonly x: Tensor;
  /** (KH, KW, C / groups, F) */
  readonly weight: Tensor;
  /** (F) */
  readonly bias?: Tensor;
  readonly activation?: Activation;
  /** (N, OH, OW, F) */
  readonly out: Tensor;
}

/** Operands of `Backend.convolveInputGradient`: dx = ∂loss/∂x of a convolution. It overwrites `dx`. */
export interface ConvolutionInputGradient {
  readonly window: Window;
  readonly groups: number;
  /** (N, OH, OW, F) */
  readonly dy: Tensor;
  /** (KH, KW, C / groups, F) */
  readonly weight: Tensor;
  /** (N, H, W, C) */
  readonly dx: Tensor;
}

/** Operands of `Backend.convolveWeightGradient`: dw += ∂loss/∂W of a convolution. */
export interface ConvolutionWeightGradient {
  readonly window: Window;
  readonly groups: number;
  /** (N, H, W, C) */
  readonly x: Tensor;
  /** (N, OH, OW, F) */
  readonly dy: Tensor;
  /** (KH, KW, C / groups, F) */
  readonly dw: Tensor;
}

/**
 * Operands of `Backend.maxPool`. Output (oy, ox) uses the rows top[oy] … bottom[oy] − 1 and the columns
 * left[ox] … right[ox] − 1 of an image, at least one pixel. Of equal numbers the first one counts, row by
 * row. A NaN counts as larger than all numbers before it, so it stays visible.
 */
export interface MaxPool {
  /** (N, H, W, C) */
  readonly x: Tensor;
  /** top and bottom (OH), left and right (OW); integers in the backend's memory. */
  readonly top: Int32Array;
  readonly bottom: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** (N, OH, OW, C) */
  readonly out: Tensor;
  /** For each output, its index in x.data. */
  readonly places: Int32Array;
}

/** Operands of `Backend.maxPoolBackward`: dx = 0, then dx[places[i]] += dy[i]. It overwrites `dx`. */
export interface MaxPoolGradient {
  /** (N, OH, OW, C) */
  readonly dy: Tensor;
  /** The places that `maxPool` returned, each in the image of its output. */
  readonly places: Int32Array;
  /** (N, H, W, C) */
  readonly dx: Tensor;
}

/**
 * The positions of the non-zeros of a matrix. A layer that uses its input in two products (x·W, then xᵀ·dy)
 * finds them once. A backend decides how to use them: below about one third of non-zeros, lists are faster
 * than the dense product.
 */
export interface NonZeros {
  /** Finds the non-zeros of x (rows, columns). Call it again after x changes. NaN counts as non-zero. */
  find(x: Tensor): void;
}
