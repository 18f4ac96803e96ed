/**
 * An elementwise function whose derivative can be computed from its output. It can be fused into the matrix
 * product before it, and its input need not be stored for the backward pass.
 */
export type Activation =
  /** x < 0 ? 0 : x, which preserves NaN and −0. Derivative: y > 0 ? 1 : 0. */
  | { readonly kind: "relu" }
  /** x < 0 ? slope·x : x, with slope > 0. Derivative: y > 0 ? 1 : slope. */
  | { readonly kind: "leaky-relu"; readonly slope: number }
  /** This package's `sigmoid` in float64, rounded once. Derivative: y·(1 − y), each operation rounded. */
  | { readonly kind: "sigmoid" }
  /** This package's `tanh` in float64, rounded once. Derivative: 1 − y², each operation rounded. */
  | { readonly kind: "tanh" };
