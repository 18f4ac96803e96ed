import { completeOptions } from "@nn/catalog/testing/complete-options";
import { readFileSync } from "node:fs";

import { layers } from "@nn/layers";
import type { Backend, Shape, Tensor } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { buildLayer, runLayer, copyBuffers } from "../src/testing/layer-under-test.ts";
import { findDisagreements, goldenSettings } from "./golden-comparison.ts";

/** The results of a script in golden/, computed with PyTorch in float64; see golden/layer_cases.py. */
interface Golden {
  readonly batch: number;
  readonly cases: readonly {
    readonly type: string;
    readonly options: Record<string, unknown>;
    readonly inputShape: Shape;
    /** x is −127·scale … 127·scale. */
    readonly scale: number;
    readonly training: boolean;
    /** y, dx, the gradient of each parameter (`d` and its name), and each buffer after the pass. */
    readonly seen: Readonly<Record<string, readonly number[]>>;
  }[];
}

describe.each(["activations", "dense", "normalization", "shapes"])("%s", (family) => {
  const file = new URL(`../golden/${family}.json`, import.meta.url);
  const golden: Golden = JSON.parse(readFileSync(file, "utf8"));
  const N = golden.batch;

  describe.each(golden.cases)("$type $options on $inputShape, training $training", (golden) => {
    const { type, options, inputShape, scale, training, seen } = golden;
    const definition = layers.get(type)!;

    test.each(goldenSettings)("agrees with PyTorch on $backend.name, $backend.precision", (setting) => {
      const { backend } = setting;
      const { buffers = {} } = definition.plan(completeOptions(definition, options), inputShape);
      const built = buildLayer(definition, { options, inputShape }, { backend, batchSize: N });
      for (const [k, { value }] of [...built.parameters.values()].entries()) drawInto(value, 100 + k);
      for (const [k, { name, value }] of [...built.buffers.values()].entries()) {
        drawInto(value, 400 + k, 1 / 256, buffers[name]!.initialization === "ones" ? 1 : 0);
      }
      const x = draw(backend, [N, ...inputShape], 200, scale);
      const dy = draw(backend, [N, ...built.outputShape], 300);

      const ours = { ...runLayer(built, backend, x, dy, { training, step: 0 }), ...copyBuffers(built) };
      expect(Object.keys(ours).sort()).toEqual(Object.keys(seen).sort());
      expect(findDisagreements(type, ours, seen, setting)).toEqual([]);
    });
  });
});

function draw(backend: Backend, shape: Shape, seed: number, scale?: number): Tensor {
  const tensor = backend.allocate(shape);
  drawInto(tensor, seed, scale);
  return tensor;
}

/** Returns the sequence of golden/layer_cases.py, which is exact in both languages and in float32. */
function drawInto({ data }: Tensor, seed: number, scale = 1 / 256, start = 0): void {
  let number = seed;
  for (let i = 0; i < data.length; i++) {
    number = (number * 16_807) % 2_147_483_647;
    data[i] = start + ((number % 255) - 127) * scale;
  }
}
