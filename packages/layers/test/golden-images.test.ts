import { readFileSync } from "node:fs";

import { layers } from "@nn/layers";
import type { Tensor } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { buildLayer, runLayer } from "../src/testing/layer-under-test.ts";
import { findDisagreements, goldenSettings } from "./golden-comparison.ts";

/** The results of golden/images.py, computed with PyTorch. The script explains how to run it. */
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
  /** `y`, `dx`, and `dweight` and `dbias` if the layer has them. */
  readonly seen: Readonly<Record<string, readonly number[]>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL("../golden/images.json", import.meta.url), "utf8"));
const N = golden.batch;

describe.each(goldenSettings)("$backend.name $backend.precision agrees with PyTorch", (setting) => {
  const { backend } = setting;
  test.each(golden.cases)("on $type $options of $input", ({ type, input, options, outputShape, seen }) => {
    const built = buildLayer(layers.get(type)!, { options, inputShape: input }, { backend, batchSize: N });
    expect(built.outputShape).toEqual(outputShape);
    for (const [name, { value }] of built.parameters) fill(value, name === "weight" ? 101 : 102);
    const x = fill(backend.allocate([N, ...input]), 100);
    const dy = fill(backend.allocate([N, ...outputShape]), 103);
    const ours = runLayer(built, backend, x, dy, { training: true, step: 0 });

    expect(Object.keys(ours).sort()).toEqual(Object.keys(seen).sort());
    expect(findDisagreements(type, ours, seen, setting)).toEqual([]);
  });
});

/** Fills a tensor with the numbers of golden/images.py, in row-major order. */
function fill(tensor: Tensor, seed: number): Tensor {
  let state = seed;
  for (let i = 0; i < tensor.data.length; i++) {
    state = (state * 16_807) % 2_147_483_647;
    tensor.data[i] = ((state % 31) - 15) / 8;
  }
  return tensor;
}
