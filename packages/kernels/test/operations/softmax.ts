import fc from "fast-check";

import { axisSize, seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const scale = fc.double({ min: 0.01, max: 3, noNaN: true });
const rows = fc.integer({ min: 1, max: 70 });
const drawn = fc.record({ rows, columns: axisSize, scale, causal: fc.boolean(), seed });

const forward = drawn.map(
  ({ rows: R, columns, scale: by, causal, seed: s }): OperationCase =>
    (backend, draw) => {
      const x = draw([R, columns], s);
      const out = draw([R, columns], s + 1);
      backend.softmax({ x, columns, scale: by, causal, out });
      backend.softmax({ x, columns, scale: by, causal, out: x });
      return [out, x];
    },
);

const backward = drawn.map(
  ({ rows: R, columns, scale: by, causal, seed: s }): OperationCase =>
    (backend, draw) => {
      const y = draw([R, columns], s);
      backend.softmax({ x: y, columns, scale: by, causal, out: y });
      const dy = draw([R, columns], s + 1);
      const out = backend.allocate([R, columns]);
      backend.softmaxBackward({ y, dy, columns, scale: by, out });
      backend.softmaxBackward({ y, dy, columns, scale: by, out: dy });
      return [out, dy];
    },
);

export const softmaxes = {
  softmax: { "all columns and causal, in place and not": forward },
  softmaxBackward: { "in place and not": backward },
} satisfies OperationCases;
