import type { ElementwiseFunction } from "@nn/tensor";
import fc from "fast-check";

import { seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const argument = fc.double({ min: 0.01, max: 10, noNaN: true });
const curve: fc.Arbitrary<ElementwiseFunction> = fc.oneof(
  fc.constantFrom<ElementwiseFunction>(
    { kind: "gelu" },
    { kind: "gelu-tanh" },
    { kind: "silu" },
    { kind: "mish" },
    { kind: "hard-swish" },
  ),
  argument.map((beta): ElementwiseFunction => ({ kind: "softplus", beta })),
  fc
    .tuple(argument, argument)
    .map(([alpha, scale]): ElementwiseFunction => ({ kind: "exponential-linear", alpha, scale })),
);

const drawn = fc.record({ n: fc.integer({ min: 1, max: 200 }), curve, seed });

const forward = drawn.map(({ n, curve: each, seed: s }): OperationCase => (backend, draw) => {
  const x = draw([n], s);
  const y = backend.allocate([n]);
  backend.applyElementwise(each, x, y);
  backend.applyElementwise(each, x, x);
  return [y, x];
});

const backward = drawn.map(({ n, curve: each, seed: s }): OperationCase => (backend, draw) => {
  const [x, dy] = [draw([n], s), draw([n], s + 1)];
  const dx = backend.allocate([n]);
  backend.applyElementwiseBackward(each, x, dy, dx);
  backend.applyElementwiseBackward(each, x, dy, dy);
  return [dx, dy];
});

export const elementwiseFunctions = {
  applyElementwise: { "every curve, in place and not": forward },
  applyElementwiseBackward: { "every curve, in place and not": backward },
} satisfies OperationCases;
