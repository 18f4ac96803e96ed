import { expect, test } from "vitest";

import { LayerError } from "../model/layer-error.ts";
import { planLayerWithDefaults } from "../testing/plan-layer-with-defaults.ts";
import { testLayer } from "../testing.ts";
import { repeat } from "./repeat.ts";

testLayer(repeat, [
  { options: { times: 1, layers: [{ type: "dense", units: 3 }] }, inputShape: [2] },
  { options: { times: 3, layers: [{ type: "dense", units: 4 }, { type: "tanh" }] }, inputShape: [5] },
]);

test("each repetition has its own weights", () => {
  const options = { times: 2, layers: [{ type: "dense", units: 3, bias: false }] };
  expect(planLayerWithDefaults(repeat, options, [5]).parameters).toMatchObject({
    "0.layers.0.weight": { shape: [5, 3] },
    "1.layers.0.weight": { shape: [3, 3] },
  });
});

test("a nested layer that cannot be planned is reported with its path", () => {
  const options = {
    times: 1,
    layers: [{ type: "tanh" }, { type: "dense", units: 3 }],
  };
  const plan = () => planLayerWithDefaults(repeat, options, [2, 2]);
  expect(plan).toThrow(LayerError);
  expect(plan).toThrow(expect.objectContaining({ path: ["layers", 1] }));
});
