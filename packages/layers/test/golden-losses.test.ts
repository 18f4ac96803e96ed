import { completeOptions } from "@nn/catalog/testing/complete-options";
import { readFileSync } from "node:fs";

import { losses } from "@nn/layers";
import { computeRelativeError } from "@nn/layers/testing";
import { describe, expect, test } from "vitest";

import { float64ReferenceBackend, fastBackends, referenceBackend } from "../src/testing/backends.ts";

/** The results of golden/losses.py, computed with PyTorch. The script explains how to run it. */
interface GoldenLoss {
  readonly type: string;
  readonly options: Record<string, unknown>;
  readonly N: number;
  readonly C: number;
  readonly loss: number;
  /** (N, C) */
  readonly gradient: readonly number[];
}

const golden: readonly GoldenLoss[] = JSON.parse(
  readFileSync(new URL("../golden/losses.json", import.meta.url), "utf8"),
);

/** A floor so small that each number is compared relative to itself. It only prevents the division 0 / 0. */
const FLOOR = 1e-12;

const settings = [
  { backend: float64ReferenceBackend, tolerance: 1e-10 },
  ...[referenceBackend, ...fastBackends].map((backend) => ({ backend, tolerance: 1e-5 })),
];

test("at least three configurations of every loss are stored", () => {
  const counts = Map.groupBy(golden, ({ type }) => type);
  expect([...losses.keys()].filter((type) => (counts.get(type)?.length ?? 0) < 3)).toEqual([]);
});

describe.each(settings)("$backend.name $backend.precision agrees with PyTorch", ({ backend, tolerance }) => {
  for (const [index, { type, options, N, C, loss, gradient }] of golden.entries()) {
    test(`on ${type} ${JSON.stringify(options)} of (${N}, ${C})`, () => {
      const definition = losses.get(type)!;
      const complete = completeOptions(definition, options);
      const ours = definition.build(complete, { backend, batchSize: N, outputShape: [C] });
      const numbers = wholeNumbers(300 + index);
      const outputs = backend.allocate([N, C]);
      for (let i = 0; i < N * C; i++) outputs.data[i] = ((numbers() % 255) - 127) / 32;
      const labels = backend.allocateIntegers(N);
      for (let n = 0; n < N; n++) labels[n] = numbers() % C;

      const value = ours.forward(outputs, labels);
      expect(Math.abs(value - loss) / loss).toBeLessThan(tolerance);
      expect(computeRelativeError(ours.backward().data, Float64Array.from(gradient), FLOOR)).toBeLessThan(
        tolerance,
      );
    });
  }
});

/** Returns the sequence of golden/losses.py: Park & Miller 1988, exact in both languages. */
function wholeNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state;
  };
}
