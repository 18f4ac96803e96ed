import type { ElementwiseFunction } from "@nn/tensor";
import fc from "fast-check";

import { seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const argument = fc.double({ min: 0.01, max: 10, noNaN: true });
const anyFunction: fc.Arbitrary<ElementwiseFunction> = fc.oneof(
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

const drawn = fc.record({ n: fc.integer({ min: 1, max: 200 }), f: anyFunction, seed });

const forward = drawn.map(({ n, f, seed: s }): OperationCase => (backend, draw) => {
  const x = draw([n], s);
  const y = backend.allocate([n]);
  backend.applyElementwise(f, x, y);
  backend.applyElementwise(f, x, x);
  return [y, x];
});

const backward = drawn.map(({ n, f, seed: s }): OperationCase => (backend, draw) => {
  const [x, dy] = [draw([n], s), draw([n], s + 1)];
  const dx = backend.allocate([n]);
  backend.applyElementwiseBackward(f, x, dy, dx);
  backend.applyElementwiseBackward(f, x, dy, dy);
  return [dx, dy];
});

export const elementwiseFunctions = {
  applyElementwise: { "every function, in place and not": forward },
  applyElementwiseBackward: { "every function, in place and not": backward },
} satisfies OperationCases;
