import { toySpec } from "@nn/training/testing/toy-training";
import { expect, test } from "vitest";

import { relocateSpec } from "./relocate-spec.ts";

test("paths of custom parts and of data are relative to the other folder", () => {
  const spec = {
    ...toySpec,
    dataset: {
      type: "csv",
      training: "./train.csv",
      test: "/data/test.csv",
      validation: 0,
      normalize: false,
    },
    model: {
      ...toySpec.model,
      layers: [{ type: "./layers/swish.ts" }, { type: "repeat", layers: [{ type: "../half.ts", beta: 1 }] }],
    },
  };
  const moved = relocateSpec(spec, "/project/experiments", "/project/results/a/0");
  expect(moved).toEqual({
    ...spec,
    dataset: { ...spec.dataset, training: "../../../experiments/train.csv" },
    model: {
      ...spec.model,
      layers: [
        { type: "../../../experiments/layers/swish.ts" },
        { type: "repeat", layers: [{ type: "../../../half.ts", beta: 1 }] },
      ],
    },
  });
  expect(relocateSpec(moved, "/project/results/a/0", "/project/experiments")).toEqual(spec);
});

test("a spec of built-in parts stays as it is", () => {
  expect(relocateSpec(toySpec, "/a", "/b")).toEqual(toySpec);
});
