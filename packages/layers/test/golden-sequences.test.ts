import { readFileSync } from "node:fs";

import { layers } from "@nn/layers";
import type { Backend, Shape, Tensor } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { buildLayer, runLayer } from "../src/testing/layer-under-test.ts";
import { findDisagreements, goldenSettings } from "./golden-comparison.ts";

/**
 * The results of scripts in golden/, computed with PyTorch in float64. The scripts explain how to run them.
 */
interface Golden {
  readonly batch: number;
  readonly cases: readonly {
    readonly type: string;
    readonly options: Record<string, unknown>;
    readonly inputShape: Shape;
    /** y, dx and the gradient of each parameter (`d` and its name). */
    readonly seen: Readonly<Record<string, readonly number[]>>;
  }[];
}

describe.each(["recurrent", "attention", "containers"])("%s", (family) => {
  const file = new URL(`../golden/${family}.json`, import.meta.url);
  const golden: Golden = JSON.parse(readFileSync(file, "utf8"));

  describe.each(golden.cases)("$type $options on $inputShape", ({ type, options, inputShape, seen }) => {
    test.each(goldenSettings)("agrees with PyTorch on $backend.name, $backend.precision", (setting) => {
      const { backend } = setting;
      const N = golden.batch;
      const built = buildLayer(layers.get(type)!, { options, inputShape }, { backend, batchSize: N });
      for (const [k, { value }] of [...built.parameters.values()].entries()) drawInto(value, 100 + k);
      const x = draw(backend, [N, ...inputShape], 200);
      const dy = draw(backend, [N, ...built.outputShape], 300);

      const ours = runLayer(built, backend, x, dy, { training: true, step: 0 });
      expect(Object.keys(ours).sort()).toEqual(Object.keys(seen).sort());
      expect(findDisagreements(type, ours, seen, setting)).toEqual([]);
    });
  });
});

function draw(backend: Backend, shape: Shape, seed: number): Tensor {
  const tensor = backend.allocate(shape);
  drawInto(tensor, seed);
  return tensor;
}

/**
 * Returns the sequence of the scripts: Park & Miller 1988, scaled so that it is exact in both languages and
 * in float32.
 */
function drawInto({ data }: Tensor, seed: number): void {
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (state * 16_807) % 2_147_483_647;
    data[i] = ((state % 255) - 127) / 256;
  }
}
