import { completeOptions } from "@nn/catalog/testing/complete-options";
import { readFileSync } from "node:fs";

import { optimizers, type Parameter } from "@nn/layers";
import { computeRelativeError } from "@nn/layers/testing";
import type { Backend, Tensor } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { float64ReferenceBackend, fastBackends, referenceBackend } from "../src/testing/backends.ts";

/** The results of golden/optimizers.py. The script explains how to run it. */
interface Golden {
  readonly shapes: readonly (readonly number[])[];
  /** The steps after which the parameters are stored, counted from 1. */
  readonly stored: readonly number[];
  readonly factors: readonly number[];
  readonly cases: readonly {
    readonly options: { readonly type: string; readonly [option: string]: unknown };
    readonly values: readonly (readonly number[])[];
  }[];
}

const file = new URL("../golden/optimizers.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, "utf8"));

// Each number is compared relative to itself. The stored numbers are float64, so in float32 the comparison
// includes the rounding of ten steps. There, a number below 1/100 of the largest number is compared relative
// to that 1/100. Only one stored number needs this, of centered rmsprop with momentum: it is 0.00097 after
// steps of up to 2, with a relative error of 1.9e-5.
const settings = [
  { backend: float64ReferenceBackend, tolerance: 1e-10, floor: 1e-12 },
  ...[referenceBackend, ...fastBackends].map((backend) => ({ backend, tolerance: 1e-5, floor: 1e-2 })),
];

test("at least three configurations of every optimizer are stored", () => {
  const counts = Map.groupBy(golden.cases, ({ options }) => options.type);
  expect([...optimizers.keys()].filter((type) => (counts.get(type)?.length ?? 0) < 3)).toEqual([]);
});

describe.each(settings)(
  "$backend.name $backend.precision agrees with PyTorch or the paper",
  ({ backend, tolerance, floor }) => {
    test.each(golden.cases)("on ten steps of $options", ({ options: { type, ...options }, values }) => {
      const parameters = golden.shapes.map((shape, i) => createParameter(backend, `${i}`, shape));
      draw(
        parameters.map(({ value }) => value),
        300,
      );
      const definition = optimizers.get(type)!;
      const optimizer = definition.build(completeOptions(definition, options), { backend, parameters });

      for (const [step, factor] of golden.factors.entries()) {
        draw(
          parameters.map(({ gradient }) => gradient),
          400 + step,
        );
        optimizer.step(factor);
        const place = golden.stored.indexOf(step + 1);
        if (place < 0) continue;
        const ours = Float64Array.from(parameters.flatMap(({ value }) => Array.from(value.data)));
        const theirs = Float64Array.from(values[place]!);
        expect(ours.length).toBe(theirs.length);
        expect(computeRelativeError(ours, theirs, floor)).toBeLessThan(tolerance);
      }
    });
  },
);

function createParameter(backend: Backend, name: string, shape: readonly number[]): Parameter {
  return { name, value: backend.allocate(shape), gradient: backend.allocate(shape) };
}

/**
 * Draws numbers k / 256 with |k| ≤ 127, one tensor after the other. This is the sequence of
 * golden/optimizers.py (Park & Miller 1988).
 */
function draw(tensors: readonly Tensor[], seed: number): void {
  let state = seed;
  for (const { data } of tensors) {
    for (let i = 0; i < data.length; i++) {
      state = (state * 16_807) % 2_147_483_647;
      data[i] = ((state % 255) - 127) / 256;
    }
  }
}
