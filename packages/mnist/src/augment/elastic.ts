import { exp, sqrt, type Backend, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineAugmentation, IMAGES_PER_CHUNK } from "../augmentation.ts";

/**
 * The paper uses alpha 34 and sigma 4 for MNIST. Outside the image u is 0.
 *
 * G is truncated at 3·sigma and is separable: it is applied along the rows, then along the columns. For lines
 * of n pixels, it is a symmetric matrix (n, n), where G[i, j] is the weight of the distance i − j. With the
 * displacements stored as (H, N, 2, W), both steps are matrix products over all images at once: (H·N·2, W) ·
 * G along the rows, G · (H, N·2·W) along the columns.
 */
export const elastic = defineAugmentation({
  type: "elastic",
  description:
    "Deforms the image: each pixel moves by a random displacement that is similar for neighbouring pixels.",
  formula: [
    "new(p) = old(p + alpha·(G ∗ u)(p)), with u(p) uniform in (−1, 1)² for each pixel",
    "and G a Gaussian of standard deviation sigma whose weights sum to 1",
  ],
  paper:
    "Simard, Steinkraus & Platt 2003, Best practices for convolutional neural networks applied to visual " +
    "document analysis",
  options: Type.Object({
    alpha: Type.Number({
      minimum: 0,
      maximum: 10_000,
      default: 34,
      description: "Strength. Pixels move by about 0.16 · alpha / sigma.",
    }),
    sigma: Type.Number({
      minimum: 0.1,
      maximum: 100,
      default: 4,
      description:
        "Standard deviation of the Gaussian filter in pixels. Large values make the deformation smooth.",
    }),
  }),

  isIdentity: ({ alpha }) => alpha === 0,
  // The standard deviation of a displacement at the center: u has the variance 1/3.
  notices({ alpha, sigma }, [height = 1, width = 1]) {
    const weights = gaussian(sigma);
    const distance = alpha * sqrt((sumOfSquares(weights, height) * sumOfSquares(weights, width)) / 3);
    if (distance < Math.min(height, width)) return [];
    return [
      `the augmentation elastic with alpha ${alpha} and sigma ${sigma} moves pixels by about ${Math.round(distance)} ` +
        `pixels, so most pixels of images of ${height} × ${width} become black; make alpha smaller`,
    ];
  },
  plan({ alpha, sigma }, { backend, height, width, black }) {
    const weights = gaussian(sigma);
    const alongRows = smoothing(backend, weights, width);
    const alongColumns = smoothing(backend, weights, height);
    const size = IMAGES_PER_CHUNK * height * width * 2;
    const [u, smooth] = [backend.allocate([size]), backend.allocate([size])];
    const stay = backend.allocate([IMAGES_PER_CHUNK, 6]);
    const identity = [1, 0, 0, 0, 1, 0];
    for (let i = 0; i < 6 * IMAGES_PER_CHUNK; i++) stay.data[i] = identity[i % 6]!;
    const views = new Map<number, ReturnType<typeof viewsOf>>();

    return {
      transformBatch(keys, images) {
        const N = images.shape[0]!;
        const view = views.get(N) ?? viewsOf(N);
        views.set(N, view);
        backend.drawUniforms(keys, view.random);
        backend.gemm({ a: view.rows, b: alongRows, out: view.smoothRows });
        backend.gemm({ a: alongColumns, b: view.smoothColumns, out: view.columns });
        backend.resample({
          x: images,
          maps: stay,
          displacements: view.displacements,
          strength: alpha,
          black,
        });
      },
    };

    /** Returns views of the displacements of N images, in the shapes that the operations need. */
    function viewsOf(N: number) {
      const [H, W, D] = [height, width, N * 2 * width];
      const seen = ({ data }: Tensor, ...shape: number[]): Tensor => ({
        shape,
        data: data.subarray(0, H * D),
      });
      return {
        random: seen(u, H, N, 2 * W),
        rows: seen(u, H * N * 2, W),
        smoothRows: seen(smooth, H * N * 2, W),
        smoothColumns: seen(smooth, H, D),
        columns: seen(u, H, D),
        displacements: seen(u, H, N, 2, W),
      };
    }
  },
});

/**
 * Returns e^(−d² / (2·sigma²)) for d = 0, 1, … ⌈3·sigma⌉, scaled so that all weights, including those of −d,
 * sum to 1.
 */
function gaussian(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: reach + 1 }, (_, d) => exp((-d * d) / (2 * sigma * sigma)));
  const sum = weights.reduce((total, weight) => total + 2 * weight, -weights[0]!);
  return weights.map((weight) => weight / sum);
}

/** Returns the sum of G[c, j]² over a line of n pixels, where c is its center. */
function sumOfSquares(weights: Float64Array, n: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) sum += (weights[Math.abs((n >> 1) - j)] ?? 0) ** 2;
  return sum;
}

/** Returns G as a matrix (n, n). */
function smoothing(backend: Backend, weights: Float64Array, n: number): Tensor {
  const G = backend.allocate([n, n]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) G.data[i * n + j] = weights[Math.abs(i - j)] ?? 0;
  }
  return G;
}
