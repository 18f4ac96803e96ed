import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";
import { orthonormalize } from "./shared/orthonormal.ts";

/**
 * Treats W as a matrix (all other axes, last axis) and sets it to gain times a matrix with orthonormal
 * columns. If W has more columns than rows, the rows are orthonormal instead. The matrix is Q of a QR
 * factorization of normal random numbers. R has a positive diagonal, so that Q is uniformly distributed.
 */
export const orthogonal = defineInitializer({
  type: "orthogonal",
  description: "A random rotation: preserves the norm of its input, even through many layers or time steps.",
  formula: "WᵀW = gain²·I, or W·Wᵀ = gain²·I where W is wider than high",
  paper:
    "Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep " +
    "linear neural networks",
  options: Type.Object({
    gain: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "Factor of the matrix. Use 1.414 (√2) before a relu.",
    }),
  }),
  fill({ gain }, value, _fan, rng) {
    const columns = value.shape.at(-1) ?? 1;
    const rows = value.data.length / columns;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const vectors = new Float64Array(count * length); // Wᵀ if W has more rows than columns, else W
    for (let i = 0; i < vectors.length; i++) vectors[i] = rng.normal();
    orthonormalize(vectors, count, length);

    const isHigh = rows > columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const place = isHigh ? column * length + row : row * length + column;
        value.data[row * columns + column] = gain * vectors[place]!;
      }
    }
  },
});
