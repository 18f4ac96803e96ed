import type { Activation } from "./activation.ts";
import type {
  ChannelGradientSums,
  ChannelInputGradient,
  ChannelMoments,
  ChannelNormalization,
} from "./channel-normalization.ts";
import type { GaussianNoise, Resampling } from "./augmentation-steps.ts";
import type { AdamStep, SgdStep } from "./optimizer-steps.ts";
import type { GruStep, GruStepBackward, LstmStep, LstmStepBackward } from "./recurrent-steps.ts";
import type { RowNormalization, RowNormalizationGradient } from "./row-normalization.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The operations of neural networks. Numbers are float32; the reference backend also supports float64.
 *
 * Strict arithmetic: every operation is rounded once; a multiplication and an addition are never fused. Each
 * method's contract states the order of its sums. The order depends only on shapes. Every backend therefore
 * computes the same bytes, for any vector width and number of threads. Elementary functions (exp, log, …) are
 * those of this package, evaluated in float64 and rounded once. A scalar argument (learning rate, slope, …)
 * is rounded to the backend's precision before its use, unless the contract says otherwise.
 *
 * NaN and infinity always propagate: a product with zero is computed (0 · ∞ is NaN), and no value is clamped
 * unless the contract says so. Zeros keep their sign. The sign and the payload of a NaN are undefined,
 * because they differ between processors.
 *
 * Operations do not check shapes; shapes are checked once, when a model is built. Operands must not overlap
 * `out` unless the contract allows it.
 */
export interface Backend {
  /** `reference`, or the name of the kernel variant, as recorded in environment.json. */
  readonly name: string;
  readonly precision: Precision;

  /** Returns a tensor of zeros. It stays valid until it is freed (see `mark`). */
  allocate(shape: Shape): Tensor;
  /** Returns an array of zeros for labels or indices, in memory that the kernels can access. */
  allocateIntegers(length: number): Int32Array;
  /** Returns an array of zero bytes for raw images, in memory that the kernels can access. */
  allocateBytes(length: number): Uint8Array;

  /**
   * Marks the current state of the memory. The returned function frees everything that was allocated since
   * this call. A process that trains several networks in sequence can keep its images and free each network.
   */
  mark(): () => void;

  /**
   * Allocates memory for the positions of the non-zeros of a matrix of at most `rows` × `columns`. `width` is
   * the approximate number of columns of the products that use the matrix. A backend uses it to decide
   * whether finding the non-zeros is worthwhile.
   */
  createSparsityPattern(rows: number, columns: number, width: number): SparsityPattern;

  /**
   * Allocates memory for a convolution and its gradients in advance, so that no training step allocates any.
   * `channels` and `filters` are the totals over all groups. The call is optional.
   */
  prepareConvolution(window: Window, groups: number, channels: number, filters: number): void;

  /** out = activation(A·B + bias), or out += A·B. See MatrixProduct. */
  gemm(product: MatrixProduct): void;
  /** Computes many small matrix products of the same shape in one call. See BlockProducts. */
  gemmBlocks(products: BlockProducts): void;
  /**
   * Computes a convolution, out = activation(x ∗ W + bias). See Convolution. For a convolution and its
   * gradients, this file states the order of the sums if `chooseConvolutionMethod` returns "direct";
   * convolution-method.ts states it for "winograd".
   */
  convolve(convolution: Convolution): void;
  /**
   * dx = ∂loss/∂x of `convolve`, from dy (N, OH, OW, F) and W. dx[n, iy, ix, c] = Σ dy[n, oy, ox, f] · w[ky,
   * kx, c, f] over all windows that cover the pixel, (oy, ox, f) ascending, from +0, where f covers the
   * filters in the group of c. A backend may add terms with dy = 0 for windows outside the output, so an
   * infinite or NaN weight may make additional numbers of dx NaN, but never fewer.
   */
  convolveInputGradient(gradient: ConvolutionInputGradient): void;
  /**
   * dW += ∂loss/∂W of `convolve`, from x and dy. The terms x[n, iy, ix, c] · dy[n, oy, ox, f] are added one
   * by one to the current value of dw[ky, kx, c, f], (n, oy, ox) ascending.
   */
  convolveWeightGradient(gradient: ConvolutionWeightGradient): void;

  /** Finds the largest number in each window, and its index. See MaxPool. */
  maxPool(pool: MaxPool): void;
  /** Sets dx to +0, then adds dx[indices[i]] += dy[i], i ascending. `maxPool` computed `indices`. */
  maxPoolBackward(gradient: MaxPoolGradient): void;

  /** Computes the mean and the variance of each channel. See ChannelMoments. */
  channelMoments(moments: ChannelMoments): void;
  /** Normalizes each channel: out = activation((x − mean)·scale + shift). See ChannelNormalization. */
  normalizeChannels(normalization: ChannelNormalization): void;
  /** Computes Σ dy and Σ dy·(x − mean) of each channel. See ChannelGradientSums. */
  channelGradientSums(sums: ChannelGradientSums): void;
  /** Computes ∂loss/∂x of a channel normalization. See ChannelInputGradient. */
  channelInputGradient(gradient: ChannelInputGradient): void;
  /** Normalizes each row: out = (x − mean)·scale·weight + bias. See RowNormalization. */
  normalizeRows(normalization: RowNormalization): void;
  /** Computes ∂loss/∂x, ∂loss/∂weight and ∂loss/∂bias of `normalizeRows`. See RowNormalizationGradient. */
  normalizeRowsBackward(gradient: RowNormalizationGradient): void;

  /** out[j] += Σ_n x[n, j], n ascending, starting from the current value of `out`. x (N, D), out (D). */
  sumRows(x: Tensor, out: Tensor): void;

  /** out = f(x), elementwise. `out` may be `x`. */
  activate(activation: Activation, x: Tensor, out: Tensor): void;
  /** out = dy · f′(x), elementwise, with f′ computed from the output y = f(x). `out` may be `dy`. */
  activateBackward(activation: Activation, y: Tensor, dy: Tensor, out: Tensor): void;

  /** out = f(x), elementwise, evaluated in float64 and rounded once. `out` may be `x`. */
  applyElementwise(f: ElementwiseFunction, x: Tensor, out: Tensor): void;
  /** out = dy · f′(x), elementwise, evaluated in float64 and rounded once. `out` may be `dy`. */
  applyElementwiseBackward(f: ElementwiseFunction, x: Tensor, dy: Tensor, out: Tensor): void;

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
  /** Computes the backward pass of `softmax`. See SoftmaxBackward. */
  softmaxBackward(backward: SoftmaxBackward): void;

  /**
   * out[i] = x[i] · factor, rounded once. The factor is 1 / (1 − rate) if `streamWord(key, i)` (threefry.ts)
   * is at least min(round(rate · 2³²), 2³² − 1), and +0 otherwise. So each number is dropped with probability
   * `rate`, 0 ≤ rate < 1. 1 / (1 − rate) is computed in float64 and rounded. The same key gives the same
   * mask, so the backward pass is the same call on dy. `out` may be `x`.
   */
  dropout(x: Tensor, rate: number, key: StreamKey, out: Tensor): void;

  /**
   * Computes softmax and cross-entropy in one numerically stable operation. logits (N, C), labels (N) each in
   * 0 … C−1. gradient (N, C) = (softmax(logits) − onehot(labels)) / N. Returns the mean of −log
   * softmax(logits)[label].
   *
   * Per row, m is the maximum, found with `>` from the first number on. z = round(x − m), e = round(exp(z)),
   * s = Σ e in index order from +0, p = e / s, gradient = (p − t) / N, where t is 1 at the label and 0
   * elsewhere; each operation is rounded. The row's loss is log(s) − z[label] in float64. The losses are
   * summed in float64 in index order, then divided by N.
   */
  softmaxCrossEntropy(logits: Tensor, labels: Int32Array, gradient: Tensor): number;
  /**
   * Computes the mean squared error against one-hot labels. outputs (N, C), gradient (N, C) = factor·d with d
   * = round(y − t) and factor = 2 / (N·C). Returns the mean of d² over all N·C numbers, squared and summed in
   * float64 in index order.
   */
  meanSquaredError(outputs: Tensor, labels: Int32Array, gradient: Tensor): number;
  /**
   * Returns the number of rows whose largest value is at the index of their label. outputs (N, C), labels
   * (N). Ties go to the smaller index. A row with a NaN counts as wrong.
   */
  countCorrect(outputs: Tensor, labels: Int32Array): number;

  /** Performs one step of stochastic gradient descent and sets `gradient` to zero. See SgdStep. */
  sgdStep(step: SgdStep): void;
  /** Performs one step of Adam or AdamW and sets `gradient` to zero. See AdamStep. */
  adamStep(step: AdamStep): void;

  /** out[n, i] = source[indices[n], i] · scale. `source` has rows of `rowLength` bytes. out (N, …). */
  gather(source: Uint8Array, rowLength: number, indices: Int32Array, scale: number, out: Tensor): void;

  /** Resamples images in place, for geometric transforms. See Resampling. */
  resample(resampling: Resampling): void;
  /**
   * Fills out (R, N, D) with uniform numbers in (−1, 1). Number i of row r of image n is h·2⁻¹⁵ + (2⁻¹⁶ − 1),
   * which is exact in every precision. h is half a word of the block threefry(keys[n], ⌊i / 4⌋, r), chosen by
   * i mod 4: 0 and 1 are the lower and the upper half of the first word, 2 and 3 those of the second word.
   */
  drawUniforms(keys: Int32Array, out: Tensor): void;
  /** Adds Gaussian noise to images in place, and clips the result. See GaussianNoise. */
  addNoise(noise: GaussianNoise): void;

  /** Returns whether every number is finite. */
  allFinite(x: Tensor): boolean;
}

/** The floating-point format of a backend's numbers. */
export type Precision = "float32" | "float64";

/** Two 32-bit words that identify a random stream; see rng.ts. */
export type StreamKey = readonly [number, number];

/**
 * An elementwise function whose derivative is computed from its input. reference/elementwise.ts defines the
 * float64 operations of each function. The parameters (beta, alpha, scale) are not rounded to the backend's
 * precision.
 */
export type ElementwiseFunction =
  /** x·Φ(x), with Φ the normal distribution function. */
  | { readonly kind: "gelu" }
  /** x·sigmoid(2·√(2/π)·(x + 0.044715·x³)), which approximates gelu. */
  | { readonly kind: "gelu-tanh" }
  /** x·sigmoid(x) */
  | { readonly kind: "silu" }
  /** x·tanh(log(1 + e^x)) */
  | { readonly kind: "mish" }
  /** log(1 + e^(beta·x)) / beta */
  | { readonly kind: "softplus"; readonly beta: number }
  /** scale·x if x > 0, otherwise scale·alpha·(e^x − 1). */
  | { readonly kind: "exponential-linear"; readonly alpha: number; readonly scale: number }
  /** 0 if x ≤ −3, x if x ≥ 3, otherwise x·(x + 3) / 6. */
  | { readonly kind: "hard-swish" };

/**
 * Operands of `Backend.gemm`: out (M, N) = A (M, K) · B (K, N). Each element is Σ_k a·b with k ascending,
 * from +0, plus bias[j], then the activation. A tensor with more than two axes is treated as a matrix (first
 * axis, product of the other axes).
 */
export interface MatrixProduct {
  readonly a: Tensor;
  /** `a` holds Aᵀ, (K, M). */
  readonly transposeA?: boolean;
  readonly b: Tensor;
  /** `b` holds Bᵀ, (N, K). */
  readonly transposeB?: boolean;
  readonly out: Tensor;
  /** The sum starts from the current value of `out` instead of +0. Not with `bias` or `activation`. */
  readonly accumulate?: boolean;
  /** (N) */
  readonly bias?: Tensor;
  readonly activation?: Activation;
  /**
   * The positions of the non-zeros of `a` as stored, with which a backend can skip terms that are zero. The
   * result has the same bytes, because a sum that starts at +0 never becomes −0. If `b` contains an infinity
   * or a NaN, every term is computed, because 0 · ∞ and 0 · NaN are NaN.
   */
  readonly nonZeros?: SparsityPattern;
}

/**
 * Matrices of the same shape within a tensor. Matrix (i, j) starts at index offset + i·outerStep +
 * j·innerStep of `tensor.data`, and each of its rows starts rowStep numbers after the previous one. With this
 * layout, attention does not copy its heads: i is the example, j the head.
 */
export interface StridedBlocks {
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
  readonly a: StridedBlocks;
  /** `a` holds Aᵀ, (K, M). */
  readonly transposeA?: boolean;
  readonly b: StridedBlocks;
  /** `b` holds Bᵀ, (N, K). */
  readonly transposeB?: boolean;
  readonly out: StridedBlocks;
}

/**
 * Operands of `Backend.softmax`: out = e^(scale·x) / Σ e^(scale·x) over each row of `columns` numbers. In
 * float64, with m the largest number of the row: e = exp(scale·(x − m)), and out = e / s, rounded once. The
 * sum s has four lanes: lane sₗ is the sum of every fourth e, starting with element l, in index order from
 * +0; s = (s₀ + s₁) + (s₂ + s₃). `scale` must be positive, and is not rounded to the backend's precision. A
 * NaN makes all outputs of its row NaN.
 */
export interface Softmax {
  readonly x: Tensor;
  readonly columns: number;
  readonly scale: number;
  /** If true, row r uses only the columns 0 … r mod `columns`; its outputs in the other columns are +0. */
  readonly causal?: boolean;
  /** May be `x`. */
  readonly out: Tensor;
}

/**
 * Operands of `Backend.softmaxBackward`. In float64: dx = (scale·y)·(dy − Σ dy·y), rounded once, with the sum
 * over the row in four lanes as in Softmax.
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
 * The sliding window of a kernel (kernelHeight, kernelWidth) on an image (height, width). Output (oy, ox)
 * uses the pixels (oy·strideHeight − padTop + ky·dilationHeight, ox·strideWidth − padLeft +
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
  /** OH and OW, the size of the output. They determine the padding at the bottom and on the right. */
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
 * left[ox] … right[ox] − 1 of an image, which must contain at least one pixel. Ties go to the first number in
 * row-major order. A NaN counts as larger than the numbers before it, so it propagates.
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
  /** For each output, the index in x.data of the number that it copies. */
  readonly indices: Int32Array;
}

/** Operands of `Backend.maxPoolBackward`: dx = 0, then dx[indices[i]] += dy[i]. It overwrites `dx`. */
export interface MaxPoolGradient {
  /** (N, OH, OW, C) */
  readonly dy: Tensor;
  /** The indices that `maxPool` computed. Each is in the image to which the output belongs. */
  readonly indices: Int32Array;
  /** (N, H, W, C) */
  readonly dx: Tensor;
}

/**
 * The positions of the non-zeros of a matrix. A layer that uses its input in two products (x·W, then xᵀ·dy)
 * finds them once. A backend decides whether to use them: if at most about one third of the elements are
 * non-zero, the sparse product is faster than the dense one.
 */
export interface SparsityPattern {
  /** Finds the non-zeros of x (rows, columns). Call it again after x changes. NaN counts as non-zero. */
  find(x: Tensor): void;
}
