import { readFileSync } from "node:fs";

import { layers } from "@nn/layers";
import { relativeError } from "@nn/layers/testing";
import type { Tensor } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { exact, fastBackends, reference } from "../src/testing/backends.ts";
import { buildLayer, runLayer } from "../src/testing/layer-under-test.ts";

/** What golden/images.py saw in PyTorch; the script says how to make it again. */
interface Golden {
  readonly batch: number;
  readonly cases: readonly Case[];
}

interface Case {
  readonly type: string;
  /** The shape of one example, without N. */
  readonly input: readonly number[];
  readonly options: Record<string, unknown>;
  readonly outputShape: readonly number[];
  /** `y`, `dx`, and `dweight` and `dbias` where there are any. */
  readonly seen: Readonly<Record<string, readonly number[]>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL("../golden/images.json", import.meta.url), "utf8"));
const N = golden.batch;

// In float32 what is left where the terms of a sum cancel is mostly rounding, so the error is measured against the largest
// number of the same array; in float64 each number is compared by itself.
const settings = [
  { backend: exact, tolerance: 1e-10, floor: 1e-3 },
  ...[reference, ...fastBackends].map((backend) => ({ backend, tolerance: 1e-6, floor: 1 })),
];

describe.each(settings)(
  "PyTorch agrees with $backend.name, $backend.precision",
  ({ backend, tolerance, floor }) => {
    test.each(golden.cases)("on $type $options of $input", ({ type, input, options, outputShape, seen }) => {
      const built = buildLayer(layers.get(type)!, { options, inputShape: input }, { backend, batchSize: N });
      expect(built.outputShape).toEqual(outputShape);
      for (const [name, { value }] of built.parameters) fill(value, name === "weight" ? 101 : 102);
      const x = fill(backend.allocate([N, ...input]), 100);
      const dy = fill(backend.allocate([N, ...outputShape]), 103);
      const ours = runLayer(built, backend, x, dy, { training: true, step: 0 });

      expect(Object.keys(ours).sort()).toEqual(Object.keys(seen).sort());
      for (const [name, values] of Object.entries(seen)) {
        expect(ours[name]!.length).toBe(values.length);
        const error = relativeError(ours[name]!, Float64Array.from(values), floor);
        expect({ name, error }).toEqual({
          name,
          error: expect.toSatisfy((each: number) => each < tolerance),
        });
      }
    });
  },
);

test.each(["conv2d", "max-pool2d", "average-pool2d", "global-average-pool2d", "pad"])(
  "%s has at least three cases",
  (type) => {
    expect(golden.cases.filter((each) => each.type === type).length).toBeGreaterThanOrEqual(3);
  },
);

/** The numbers of golden/images.py, in row-major order. */
function fill(tensor: Tensor, seed: number): Tensor {
  let state = seed;
  for (let i = 0; i < tensor.data.length; i++) {
    state = (state * 16_807) % 2_147_483_647;
    tensor.data[i] = ((state % 31) - 15) / 8;
  }
  return tensor;
}
