import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The operations that networks are made of, on float32 (or, in the reference, float64) numbers.
 *
 * Strict arithmetic: every operation is one rounding, multiply then add, never fused, and a sum runs in the order that
 * its contract states. The order depends on shapes alone, so every backend gives the same bytes, whatever its vector
 * width or number of threads. Elementary functions are those of this package, evaluated in float64 and rounded once.
 *
 * Shapes are the caller's duty: they are checked when a model is planned, and no operation checks them again.
 * Operands must not overlap `out` unless the contract says so.
 */
export interface Backend {
  /** `reference` or the kernel variant, as written to environment.json. */
  readonly name: string;
  readonly precision: Precision;

  /** A tensor of zeros that lives as long as the backend. */
  allocate(shape: Shape): Tensor;
  /** Zeroed whole numbers for labels and row indices, in memory that the kernels can reach. */
  allocateIntegers(length: number): Int32Array;
  /** Zeroed bytes for raw images, in memory that the kernels can reach. */
  allocateBytes(length: number): Uint8Array;

  /** Room for the positions of the non-zeros of a matrix of at most `rows` × `columns`. */
  createNonZeros(rows: number, columns: number): NonZeros;

  /** out = activation(A·B + bias), or out += A·B. See MatrixProduct. */
  gemm(product: MatrixProduct): void;
  /** out[j] += Σ_n x[n, j], rows in ascending order, the sum going on from what `out` holds. x (N, D), out (D). */
  sumRows(x: Tensor, out: Tensor): void;

  /** out = f(x), elementwise. `out` may be `x`. */
  activate(activation: Activation, x: Tensor, out: Tensor): void;
  /** out = dy · f′(x), elementwise, with f′ taken from the output y = f(x). `out` may be `dy`. */
  activateBackward(activation: Activation, y: Tensor, dy: Tensor, out: Tensor): void;

  /**
   * out = x · m / (1 − rate), where m is 0 with probability `rate`, else 1. Element i keeps its value when the i-th
   * 32-bit word of the stream of `key` (see rng.ts, `Rng.words`) is at or above round(rate · 2³²). The scale is
   * 1 / (1 − rate) rounded to the precision. The same key gives the same mask, so the backward pass is the same call on
   * dy. `out` may be `x`.
   */
  dropout(x: Tensor, rate: number, key: StreamKey, out: Tensor): void;

  /**
   * Softmax and cross-entropy in one, stable for any logits. logits (N, C), labels (N) each in 0 … C−1.
   * gradient (N, C) = (softmax(logits) − onehot(labels)) / N. Returns the mean of −log softmax(logits)[label].
   * Per row, with m the row's maximum: e = round(exp(round(x − m))), s = Σ e in ascending order, p = e / s,
   * loss = log(s) − (x[label] − m) in float64, summed over rows in float64 in ascending order.
   */
  softmaxCrossEntropy(logits: Tensor, labels: Int32Array, gradient: Tensor): number;
  /**
   * Mean squared error against one-hot labels. outputs (N, C), gradient (N, C) = 2·(y − t) / (N·C), the factor
   * 2 / (N·C) rounded first. Returns the mean of (y − t)² over all N·C numbers, summed in float64 in ascending order.
   */
  squaredError(outputs: Tensor, labels: Int32Array, gradient: Tensor): number;
  /** How many rows have their largest value (the first of equals) at their label. outputs (N, C), labels (N). */
  countCorrect(outputs: Tensor, labels: Int32Array): number;

  /** One step of stochastic gradient descent; leaves `gradient` zero. See SgdStep. */
  sgdStep(step: SgdStep): void;
  /** One step of Adam or AdamW; leaves `gradient` zero. See AdamStep. */
  adamStep(step: AdamStep): void;

  /** out[n, i] = source[indices[n], i] · scale, straight from bytes. out (N, rowLength). */
  gather(source: Uint8Array, rowLength: number, indices: Int32Array, scale: number, out: Tensor): void;

  /** Whether every number is finite. */
  allFinite(x: Tensor): boolean;
}

export type Precision = "float32" | "float64";

/** Two 32-bit words that name a random stream; see rng.ts. */
export type StreamKey = readonly [number, number];

/**
 * An elementwise function whose derivative can be had from its output, so that it can be fused into the product
 * that feeds it and needs no copy of its input.
 */
export type Activation =
  /** x < 0 ? 0 : x, so that NaN stays NaN; derivative y > 0 ? 1 : 0. */
  | { readonly kind: "relu" }
  /** x < 0 ? slope·x : x, slope > 0 rounded to the precision; derivative y > 0 ? 1 : slope. */
  | { readonly kind: "leaky-relu"; readonly slope: number }
  /** 1 / (1 + e^−x), in float64, rounded once; derivative y·(1 − y), each operation rounded. */
  | { readonly kind: "sigmoid" }
  /** tanh in float64, rounded once; derivative 1 − y², each operation rounded. */
  | { readonly kind: "tanh" };

/**
 * out (M, N) = A (M, K) · B (K, N): each element is Σ_k a·b with k ascending, from +0, then bias[j] added, then the
 * activation. A tensor of more than two axes counts as (first axis, product of the others).
 */
export interface MatrixProduct {
  readonly a: Tensor;
  /** `a` holds Aᵀ, (K, M). */
  readonly transposeA?: boolean;
  readonly b: Tensor;
  /** `b` holds Bᵀ, (N, K). */
  readonly transposeB?: boolean;
  readonly out: Tensor;
  /** The sum goes on from what `out` holds instead of +0. Not together with bias or activation. */
  readonly accumulate?: boolean;
  /** (N) */
  readonly bias?: Tensor;
  readonly activation?: Activation;
  /** Where `a`, as stored, is not zero. Lets a backend leave out terms of zero: the same bytes, sooner. */
  readonly nonZeros?: NonZeros;
}

/**
 * Where a matrix is not zero. A layer that uses its input in two products (x·W, then xᵀ·dy) finds them once. What a
 * backend does with it is its own affair: below about a third of non-zeros lists of them beat the dense product.
 */
export interface NonZeros {
  /** Finds the non-zeros of x (rows, columns) as x is now; call again after x changes. NaN counts as non-zero. */
  find(x: Tensor): void;
}

/**
 * Sutskever et al. 2013, as PyTorch writes it. Each line one rounding an operation, in this order:
 * g = gradient + weightDecay·value; v = momentum·v + g; value −= learningRate·(nesterov ? g + momentum·v : v).
 * weightDecay 0 leaves g as it is; momentum 0 uses g for v and has no velocity. All scalars rounded to the precision.
 */
export interface SgdStep {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly velocity?: Tensor;
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * Kingma & Ba 2015; decoupled: Loshchilov & Hutter 2019. Each operation one rounding, in this order:
 * decoupled: value −= value·decay with decay = learningRate·weightDecay (one float64 product, rounded);
 * else g = gradient + weightDecay·value (left out at weightDecay 0);
 * m = beta1·m + (1 − beta1)·g; v = beta2·v + ((1 − beta2)·g)·g;
 * value −= stepSize·m / (√v / correction + epsilon), with stepSize = learningRate / (1 − beta1^t) and
 * correction = √(1 − beta2^t) computed in float64 by the caller's optimizer, all scalars rounded to the precision;
 * (stepSize·m) is rounded before the division.
 */
export interface AdamStep {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  readonly learningRate: number;
  readonly stepSize: number;
  readonly correction: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly decoupled: boolean;
}
