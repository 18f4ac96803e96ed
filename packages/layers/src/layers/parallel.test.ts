import { expect, test } from "vitest";

import { planLayerWithDefaults } from "../testing/plan-layer-with-defaults.ts";
import { testLayer } from "../testing.ts";
import { parallel } from "./parallel.ts";

const dense = (units: number) => ({ type: "dense", units });

testLayer(parallel, [
  { options: { branches: [[dense(3)], [dense(2), { type: "tanh" }]] }, inputShape: [4] },
  { options: { branches: [[dense(3)], [{ type: "sigmoid" }, dense(3)]], join: "add" }, inputShape: [5] },
  { options: { branches: [[{ type: "tanh" }], [{ type: "sigmoid" }]] }, inputShape: [3, 2, 3] },
  { options: { branches: [[{ type: "dropout" }], [{ type: "dropout" }]] }, inputShape: [3] },
]);

test("concatenates along the last axis, in the order of the branches", () => {
  const options = { branches: [[{ type: "tanh" }], [{ type: "sigmoid" }]] };
  expect(planLayerWithDefaults(parallel, options, [4, 3]).outputShape).toEqual([4, 6]);
});

test("branches that cannot be joined are rejected", () => {
  const branches = [[dense(3)], [dense(2)]];
  const plan = (options: Record<string, unknown>, shape: number[]) =>
    planLayerWithDefaults(parallel, options, shape);
  expect(() => plan({ branches, join: "add" }, [4])).toThrow(
    "parallel: outputs that are added must have the same shape, got (3) and (2).",
  );
  expect(() => plan({ branches: [[{ type: "flatten" }], [{ type: "tanh" }]] }, [2, 2])).toThrow(
    "parallel: outputs that are concatenated may differ only in the last axis, got (4) and (2, 2).",
  );
});
