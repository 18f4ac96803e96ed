import fc from "fast-check";

import { axisSize, seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

/**
 * R rows of D numbers. R is near multiples of the block size 64; D is near multiples of the lane count and of
 * 512.
 */
const shape = fc.record({
  R: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(64, 65)),
  D: fc.oneof(axisSize, fc.constantFrom(511, 512, 513, 1030)),
  centered: fc.boolean(),
  learned: fc.boolean(),
});

const forward = fc.tuple(shape, seed).map(([{ R, D, centered }, s]): OperationCase => (backend, draw) => {
  const [mean, scale, out] = [backend.allocate([R]), backend.allocate([R]), backend.allocate([R, D])];
  backend.normalizeRows({
    x: draw([R, D], s),
    weight: draw([D], s + 1),
    bias: draw([D], s + 2),
    epsilon: 1e-5,
    ...(centered ? { mean } : {}),
    scale,
    out,
  });
  return centered ? [mean, scale, out] : [scale, out];
});

const backward = fc
  .tuple(shape, seed)
  .map(([{ R, D, centered, learned }, s]): OperationCase => (backend, draw) => {
    const dy = draw([R, D], s + 1);
    const gradients = { weightGradient: draw([D], s + 4), biasGradient: draw([D], s + 5) };
    backend.normalizeRowsBackward({
      x: draw([R, D], s),
      dy,
      weight: draw([D], s + 2),
      ...(centered ? { mean: draw([R], s + 3) } : {}),
      scale: draw([R], s + 6),
      ...(learned ? gradients : {}),
      out: dy,
    });
    return [dy, gradients.weightGradient, gradients.biasGradient];
  });

export const rowNormalization = {
  normalizeRows: { "with and without a mean": forward },
  normalizeRowsBackward: { "over dy, the parameters' gradients added to": backward },
} satisfies OperationCases;
