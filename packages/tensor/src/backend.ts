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
 * The operations that networks are made of, on float32 (or, in the reference, float64) numbers.
 *
 * Strict arithmetic: every operation is one rounding, multiply then add, never fused, and a sum runs in the
 * order that its contract states. The order depends on shapes alone, so every backend gives the same bytes,
 * whatever its vector width or number of threads. Elementary functions are those of this package, evaluated
 * in float64 and rounded once. Every scalar argument (learning rate, slope, scale …) is rounded to the
 * precision before it is used.
 *
 * NaN and infinity are never hidden: nothing is clamped, a product with zero is still a product (0 · ∞ is
 * NaN), and a zero keeps its sign. Only which of the many NaNs comes out is open: its sign and payload differ
 * between processors.
 *
 * Shapes are the caller's duty: they are checked when a model is planned, and no operation checks them again.
 * Operands must not overlap `out` unless the contract says so.
 */
export interface Backend {
  /** `reference` or the kernel variant, as written to environment.json. */
  readonly name: string;
  readonly precision: Precision;

  /** A tensor of zeros. It lives as long as the backend, or until it is given back; see `mark`. */
  allocate(shape: Shape): Tensor;
  /** Zeroed whole numbers for labels and row indices, in memory that the kernels can reach. */
  allocateIntegers(length: number): Int32Array;
  /** Zeroed bytes for raw images, in memory that the kernels can reach. */
  allocateBytes(length: number): Uint8Array;

  /**
   * Remembers what is allocated now. The function it returns gives back all that has been allocated since: a
   * process that trains one network after the other keeps its images and frees each network.
   */
  mark(): () => void;

  /**
   * Room for the positions of the non-zeros of a matrix of at most `rows` × `columns`. `width`: about how
   * many columns its products will have, which tells a backend whether finding the non-zeros pays.
   */
  createNonZeros(rows: number, columns: number, width: number): NonZeros;

  /**
   * Makes room for the workings of a convolution and of its gradients, so that no step has to. `channels` of
   * its images, `filters` in all. A convolution that was not prepared works, too.
   */
  prepareConvolution(window: Window, groups: number, channels: number, filters: number): void;

  /** out = activation(A·B + bias), or out += A·B. See MatrixProduct. */
  gemm(product: MatrixProduct): void;
  /** Many small products of one shape in one call. See BlockProducts. */
  gemmBlocks(products: BlockProducts): void;
  /**
   * out = activation(x ∗ W + bias): a layer of images through a window of weights. See Convolution. It and
   * its gradients run in the order stated here where `convolutionMethod` (convolution-method.ts) says
   * "direct"; for "winograd" the order is stated there.
   */
  convolve(convolution: Convolution): void;
  /**
   * dx = ∂loss/∂x of `convolve`, from dy (N, OH, OW, F) and W. dx[n, iy, ix, c] = Σ dy[n, oy, ox, f] · w[ky,
   * kx, c, f] over all windows that see the pixel, (oy, ox, f) ascending, from +0; f runs over the filters of
   * the group of c. A backend may add terms of dy = 0 for windows that there are not: so an infinite or NaN
   * weight may make more of dx NaN, no less.
   */
  convolveInputGradient(gradient: ConvolutionInputGradient): void;
  /**
   * dW += ∂loss/∂W of `convolve`, from x and dy. dw[ky, kx, c, f] starts from what dW holds with Σ x[…] ·
   * dy[n, oy, ox, f], (n, oy, ox) ascending. Pixels outside the image are zeros.
   */
  convolveWeightGradient(gradient: ConvolutionWeightGradient): void;

  /** The largest number under each window, and where it was. See MaxPool. */
  maxPool(pool: MaxPool): void;
  /** dx = +0 everywhere, then dx[places[i]] += dy[i], i ascending, with the places that `maxPool` found. */
  maxPoolBackward(gradient: MaxPoolGradient): void;

  /** Mean and variance of each channel. See ChannelMoments. */
  channelMoments(moments: ChannelMoments): void;
  /** out = activation((x − mean)·scale + shift), channel by channel. See ChannelNormalization. */
  normalizeChannels(normalization: ChannelNormalization): void;
  /** Σ dy and Σ dy·(x − mean) of each channel. See ChannelGradientSums. */
  channelGradientSums(sums: ChannelGradientSums): void;
  /** What normalizing channels hands down. See ChannelInputGradient. */
  channelInputGradient(gradient: ChannelInputGradient): void;
  /** out = (x − mean)·scale·weight + bias, row by row. See RowNormalization. */
  normalizeRows(normalization: RowNormalization): void;
  /** What normalizing rows hands down. See RowInputGradient. */
  rowInputGradient(gradient: RowInputGradient): void;

  /** out[j] += Σ_n x[n, j], n ascending, continuing from what `out` holds. x (N, D), out (D). */
  sumRows(x: Tensor, out: Tensor): void;

  /** out = f(x), elementwise. `out` may be `x`. */
  activate(activation: Activation, x: Tensor, out: Tensor): void;
  /** out = dy · f′(x), elementwise, with f′ taken from the output y = f(x). `out` may be `dy`. */
  activateBackward(activation: Activation, y: Tensor, dy: Tensor, out: Tensor): void;

  /** out = f(x), elementwise: evaluated in float64, rounded once. `out` may be `x`. */
  applyElementwise(curve: ElementwiseFunction, x: Tensor, out: Tensor): void;
  /** out = dy · f′(x), elementwise: f′ and the product in float64, rounded once. `out` may be `dy`. */
  applyElementwiseBackward(curve: ElementwiseFunction, x: Tensor, dy: Tensor, out: Tensor): void;

  /** One step of a long short-term memory. See LstmStep. */
  lstmStep(step: LstmStep): void;
  /** See LstmStepBackward. */
  lstmStepBackward(step: LstmStepBackward): void;
  /** One step of a gated recurrent unit. See GruStep. */
  gruStep(step: GruStep): void;
  /** See GruStepBackward. */
  gruStepBackward(step: GruStepBackward): void;

  /** Each row as shares of one. See Softmax. */
  softmax(softmax: Softmax): void;
  /**
   * From y, what `softmax` gave, and dy: dx = scale·y·(dy − Σ dy·y), the sum over the row. See
   * SoftmaxBackward.
   */
  softmaxBackward(backward: SoftmaxBackward): void;

  /**
   * out[i] = x[i] · factor, one rounding, with factor 1 / (1 − rate) where `streamWord(key, i)` (threefry.ts)
   * is at or above min(round(rate · 2³²), 2³² − 1), and +0 elsewhere: so x is dropped with probability
   * `rate`, 0 ≤ rate < 1. 1 / (1 − rate) is computed in float64 and rounded. The same key gives the same
   * mask, so the backward pass is the same call on dy. `out` may be `x`.
   */
  dropout(x: Tensor, rate: number, key: StreamKey, out: Tensor): void;

  /**
   * Softmax and cross-entropy in one, stable for any logits. logits (N, C), labels (N) each in 0 … C−1.
   * gradient (N, C) = (softmax(logits) − onehot(labels)) / N. Returns the mean of −log
   * softmax(logits)[label]. Per row, with m the row's maximum (found by `>` from the first on) and z =
   * round(x − m): e = round(exp(z)), s = Σ e in ascending order from +0, p = e / s, gradient = (p − t) / N
   * with t 1 at the label and 0 elsewhere, each operation rounded. The row's loss is log(s) − z[label] in
   * float64; the rows are summed in float64 in ascending order, then divided by N.
   */
  softmaxCrossEntropy(logits: Tensor, labels: Int32Array, gradient: Tensor): number;
  /**
   * Mean squared error against one-hot labels. outputs (N, C), gradient (N, C) = factor·d with d = round(y −
   * t) and factor = 2 / (N·C). Returns the mean of d² over all N·C numbers, squared and summed in float64 in
   * ascending order.
   */
  squaredError(outputs: Tensor, labels: Int32Array, gradient: Tensor): number;
  /**
   * How many rows have their largest value (the first of equals) at their label. outputs (N, C), labels (N).
   * A row with a NaN counts as wrong.
   */
  countCorrect(outputs: Tensor, labels: Int32Array): number;

  /** One step of stochastic gradient descent; leaves `gradient` zero. See SgdStep. */
  sgdStep(step: SgdStep): void;
  /** One step of Adam or AdamW; leaves `gradient` zero. See AdamStep. */
  adamStep(step: AdamStep): void;

  /**
   * out[n, i] = source[indices[n], i] · scale, straight from bytes. out (N, …) with rowLength numbers a row.
   */
  gather(source: Uint8Array, rowLength: number, indices: Int32Array, scale: number, out: Tensor): void;

  /** x = x sampled at other places of itself: images moved or bent, in place. See Resampling. */
  resample(resampling: Resampling): void;
  /**
   * out (R, N, D) = uniform in (−1, 1): number i of row r of image n is h·2⁻¹⁵ + (2⁻¹⁶ − 1), exact in every
   * precision, where h is 16 bits of the block threefry(keys[n], ⌊i / 4⌋, r): those of the first word, the
   * lower half first, then those of the second.
   */
  drawUniforms(keys: Int32Array, out: Tensor): void;
  /** Adds normal numbers to images, in place, and clips the sums. See Noise. */
  addNoise(noise: Noise): void;

  /** Whether every number is finite. */
  allFinite(x: Tensor): boolean;
}

/** The floating-point format of a backend's numbers. */
export type Precision = "float32" | "float64";

/** Two 32-bit words that name a random stream; see rng.ts. */
export type StreamKey = readonly [number, number];

/**
 * An elementwise function whose derivative needs its input. The steps of each in float64 are those of
 * reference/elementwise.ts; arguments are not rounded to the precision first.
 */
export type ElementwiseFunction =
  /** x·Φ(x), Φ the distribution function of the normal distribution. */
  | { readonly kind: "gelu" }
  /** x·sigmoid(2·√(2/π)·(x + 0.044715·x³)), which is close to gelu. */
  | { readonly kind: "gelu-tanh" }
  /** x·sigmoid(x) */
  | { readonly kind: "silu" }
  /** x·tanh(log(1 + e^x)) */
  | { readonly kind: "mish" }
  /** log(1 + e^(beta·x)) / beta */
  | { readonly kind: "softplus"; readonly beta: number }
  /** scale · (x where x > 0, else alpha·(e^x − 1)) */
  | { readonly kind: "exponential-linear"; readonly alpha: number; readonly scale: number }
  /** 0 where x ≤ −3, x where x ≥ 3, else x·(x + 3) / 6. */
  | { readonly kind: "hard-swish" };

/**
 * out (M, N) = A (M, K) · B (K, N): each element is Σ_k a·b with k ascending, from +0, then bias[j] added,
 * then the activation. A tensor of more than two axes counts as (first axis, product of the others).
 */
export interface MatrixProduct {
  readonly a: Tensor;
  /** `a` holds Aᵀ, (K, M). */
  readonly transposeA?: boolean;
  readonly b: Tensor;
  /** `b` holds Bᵀ, (N, K). */
  readonly transposeB?: boolean;
  readonly out: Tensor;
  /** The sum starts from what `out` holds instead of +0. Not together with bias or activation. */
  readonly accumulate?: boolean;
  /** (N) */
  readonly bias?: Tensor;
  readonly activation?: Activation;
  /**
   * Where `a`, as stored, is not zero. Lets a backend leave out terms of zero: the same bytes, sooner, for a
   * sum that started at +0 never becomes −0. But 0 · ∞ and 0 · NaN are NaN: with these in `b`, every term is
   * taken.
   */
  readonly nonZeros?: NonZeros;
}

/**
 * Matrices of one shape that lie in a tensor: number (i, j) begins at offset + i·outerStep + j·innerStep, and
 * its rows are rowStep apart, all in numbers. So the heads of an attention are found where they are: i the
 * example, j the head.
 */
export interface Blocks {
  readonly tensor: Tensor;
  readonly offset: number;
  readonly outerStep: number;
  readonly innerStep: number;
  readonly rowStep: number;
}

/**
 * For each (i, j), i < outer, j < inner: out = A·B as `gemm` computes it. A (M, K), B (K, N), out (M, N);
 * blocks of `out` do not overlap.
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
 * out = e^(scale·x) / Σ e^(scale·x) over each row of `columns` numbers. In float64, with m the largest of the
 * row: e = exp(scale·(x − m)), and out = e / s, rounded once. s has four lanes: lane l is the sum from +0 of
 * every fourth e, from the l-th on, ascending; s = (s₀ + s₁) + (s₂ + s₃). scale > 0 is not rounded to the
 * precision first. A NaN in a row makes all of it NaN.
 */
export interface Softmax {
  readonly x: Tensor;
  readonly columns: number;
  readonly scale: number;
  /** Row r takes columns 0 … r mod `columns` alone; the others come out as +0, whatever they hold. */
  readonly causal?: boolean;
  /** May be `x`. */
  readonly out: Tensor;
}

/** In float64: Σ dy·y in four lanes as in Softmax, dx = (scale·y)·(dy − Σ), rounded once. */
export interface SoftmaxBackward {
  readonly y: Tensor;
  readonly dy: Tensor;
  readonly columns: number;
  readonly scale: number;
  /** dx; may be `dy`. */
  readonly out: Tensor;
}

/**
 * Where a window of (kernelHeight, kernelWidth) weights stands on an image of (height, width): output (oy,
 * ox) sees the pixels (oy·strideHeight − padTop + ky·dilationHeight, ox·strideWidth − padLeft +
 * kx·dilationWidth). Outside the image are zeros.
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
  /** OH and OW: how many windows there are. What is padded below and to the right follows from it. */
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/**
 * Images are (N, H, W, C), channels last. out[n, oy, ox, f] = Σ x[n, iy, ix, c] · w[ky, kx, c, f], (ky, kx,
 * c) ascending, from +0, then bias[f] added, then the activation. With groups, filter f of group g sees the C
 * / groups channels of that group alone.
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
 * Output (oy, ox) sees the rows top[oy] … bottom[oy] − 1 and the columns left[ox] … right[ox] − 1 of an
 * image: at least one pixel. The first of equals is taken, rows first; a NaN wins over what came before, so
 * that it stays visible.
 */
export interface MaxPool {
  /** (N, H, W, C) */
  readonly x: Tensor;
  /** (OH) each, and (OW); whole numbers in the backend's memory. */
  readonly top: Int32Array;
  readonly bottom: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** (N, OH, OW, C) */
  readonly out: Tensor;
  /** For each output the place in x.data where it was found. */
  readonly places: Int32Array;
}

/** Operands of `Backend.maxPoolBackward`: dx = 0, then dx[places[i]] += dy[i]. It overwrites `dx`. */
export interface MaxPoolGradient {
  /** (N, OH, OW, C) */
  readonly dy: Tensor;
  /** As `maxPool` left them: each in the image of its output. */
  readonly places: Int32Array;
  /** (N, H, W, C) */
  readonly dx: Tensor;
}

/**
 * Where a matrix is not zero. A layer that uses its input in two products (x·W, then xᵀ·dy) finds them once.
 * What a backend does with it is its own affair: below about a third of non-zeros lists of them beat the
 * dense product.
 */
export interface NonZeros {
  /**
   * Finds the non-zeros of x (rows, columns) as x is now; call again after x changes. NaN counts as non-zero.
   */
  find(x: Tensor): void;
}
