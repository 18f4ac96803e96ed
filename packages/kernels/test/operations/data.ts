import { createRng } from "@nn/tensor";
import fc from "fast-check";

import { axisSize, seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const ROWS = 10;

const rows = fc
  .record({ length: axisSize, count: fc.integer({ min: 1, max: 6 }), seed })
  .map(({ length, count, seed: s }): OperationCase => (backend) => {
    const rng = createRng(s);
    const source = backend.allocateBytes(ROWS * length);
    for (let i = 0; i < source.length; i++) source[i] = rng.integer(256);
    const indices = backend.allocateIntegers(count);
    for (let n = 0; n < count; n++) indices[n] = rng.integer(ROWS);
    const out = backend.allocate([count, length]);
    backend.gather(source, length, indices, 1 / 255, out);
    return [out];
  });

export const data = {
  gather: { "a batch from bytes, by row number": rows },
} satisfies OperationCases;
