import fc from "fast-check";

import { seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const U = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(31, 64, 65, 130));
const drawn = fc.record({ N: fc.integer({ min: 1, max: 5 }), U, seed });

const lstmForward = fc
  .tuple(drawn, fc.constantFrom(0, 1, 0.1))
  .map(([{ N, U: units, seed: s }, forgetBias]): OperationCase => (backend, draw) => {
    const gates = draw([N, 4 * units], s);
    const before = draw([N, units], s + 1);
    const [after, squashed, state] = [0, 0, 0].map(() => backend.allocate([N, units]));
    backend.lstmStep({ gates, forgetBias, before, after: after!, squashed: squashed!, state: state! });
    return [gates, after!, squashed!, state!];
  });

const lstmBackward = drawn.map(({ N, U: units, seed: s }): OperationCase => (backend, draw) => {
  const gates = draw([N, 4 * units], s);
  const dz = backend.allocate([N, 4 * units]);
  const dc = draw([N, units], s + 1);
  const [before, squashed, dh] = [2, 3, 4].map((k) => draw([N, units], s + k));
  backend.lstmStepBackward({ gates, before: before!, squashed: squashed!, dh: dh!, dc, dz });
  return [dc, dz];
});

const gruForward = fc
  .tuple(drawn, fc.boolean())
  .map(([{ N, U: units, seed: s }, withBias]): OperationCase => (backend, draw) => {
    const [gates, recurrent] = [draw([N, 3 * units], s), draw([N, 3 * units], s + 1)];
    const before = draw([N, units], s + 2);
    const after = backend.allocate([N, units]);
    const bias = withBias ? { bias: draw([units], s + 3) } : {};
    backend.gruStep({ gates, recurrent, before, after, ...bias });
    return [gates, recurrent, after];
  });

const gruBackward = drawn.map(({ N, U: units, seed: s }): OperationCase => (backend, draw) => {
  const [gates, recurrent] = [draw([N, 3 * units], s), draw([N, 3 * units], s + 1)];
  const [before, dh] = [draw([N, units], s + 2), draw([N, units], s + 3)];
  const [dz, dRecurrent] = [backend.allocate([N, 3 * units]), backend.allocate([N, 3 * units])];
  backend.gruStepBackward({ gates, recurrent, before, dh, dz, dRecurrent });
  return [dh, dz, dRecurrent];
});

export const recurrentSteps = {
  lstmStep: { "gates, memory and state": lstmForward },
  lstmStepBackward: { "gates and memory": lstmBackward },
  gruStep: { "with and without bias": gruForward },
  gruStepBackward: { "gates and state": gruBackward },
} satisfies OperationCases;
