import { expect, test } from "vitest";

import { planLayerWithDefaults } from "../testing/plan-layer-with-defaults.ts";
import { testLayer } from "../testing.ts";
import { residual } from "./residual.ts";

const block = (units: number) => [{ type: "dense", units: 5 }, { type: "tanh" }, { type: "dense", units }];

testLayer(residual, [
  { options: { layers: block(3) }, inputShape: [3] },
  { options: { layers: [{ type: "sigmoid" }] }, inputShape: [2, 3, 1] },
  { options: { layers: [{ type: "dropout", rate: 0.4 }] }, inputShape: [4] },
  { options: { layers: block(2), shortcut: [{ type: "dense", units: 2, bias: false }] }, inputShape: [4] },
  {
    options: { layers: [{ type: "residual", layers: [{ type: "tanh" }, { type: "dense", units: 4 }] }] },
    inputShape: [4],
  },
]);

test("parameters are named after their path in the file", () => {
  const options = { layers: block(2), shortcut: [{ type: "dense", units: 2 }] };
  expect(Object.keys(planLayerWithDefaults(residual, options, [3]).parameters ?? {})).toEqual(
    ["shortcut.0", "layers.0", "layers.2"].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
  );
});

test("layers that change the shape need a shortcut with the same output shape", () => {
  const options = { layers: [{ type: "dense", units: 2 }] };
  expect(() => planLayerWithDefaults(residual, options, [3])).toThrow(
    "residual: outputs that are added must have the same shape, got (3) and (2).",
  );
});
