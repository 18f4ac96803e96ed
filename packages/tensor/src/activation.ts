/**
 * An elementwise function whose derivative follows from its output. So it can be fused into the product
 * before it, and needs no copy of its input.
 */
export type Activation =
  /** x < 0 ? 0 : x, so that NaN stays NaN and −0 stays −0; derivative y > 0 ? 1 : 0. */
  | { readonly kind: "relu" }
  /** x < 0 ? slope·x : x, slope > 0; derivative y > 0 ? 1 : slope. */
  | { readonly kind: "leaky-relu"; readonly slope: number }
  /** `sigmoid` of this package, in float64, rounded once; derivative y·(1 − y), each operation rounded. */
  | { readonly kind: "sigmoid" }
  /** `tanh` of this package, in float64, rounded once; derivative 1 − y², each operation rounded. */
  | { readonly kind: "tanh" };
