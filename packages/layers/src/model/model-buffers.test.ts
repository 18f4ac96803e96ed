import { createReferenceBackend, createRng } from "@nn/tensor";
import { Type } from "typebox";
import { expect, test } from "vitest";

import { defineLayer } from "../definition.ts";
import { glorot } from "../initializers/glorot.ts";
import { dense } from "../layers/dense.ts";
import { residual } from "../layers/residual.ts";
import { planModel, type ResolvedLayer } from "./model.ts";

/** A layer that counts training passes and scales by a weight with the initial value 0.25. */
const counting: ResolvedLayer = {
  options: {},
  definition: defineLayer({
    type: "counting",
    description: "Counts.",
    options: Type.Object({}),
    plan: (_options, inputShape) => ({
      outputShape: inputShape,
      parameters: { slope: { shape: [2], initialization: { constant: 0.25 } } },
      buffers: {
        passes: { shape: [1], initialization: "zeros" },
        scale: { shape: [3], initialization: "ones" },
      },
      build(context) {
        const passes = context.buffer("passes").value;
        return {
          forward(x, { training }) {
            if (training) passes.data[0] = passes.data[0]! + 1;
            return x;
          },
          backward: (dy) => dy,
        };
      },
    }),
  }),
};
const units: ResolvedLayer = { definition: dense, options: { units: 2, bias: true } };

function build(layers: ResolvedLayer[]) {
  const backend = createReferenceBackend("float32");
  const initializer = { definition: glorot, options: { distribution: "normal" } };
  const plan = planModel(layers, [2]);
  return { plan, model: plan.build({ backend, batchSize: 1, rng: createRng(1), initializer }), backend };
}

test("buffers are named after their layer, are initialized as planned, and are not parameters", () => {
  const { plan, model } = build([units, counting]);
  expect(model.buffers.map(({ name, value }) => [name, [...value.data]])).toEqual([
    ["layers.1.passes", [0]],
    ["layers.1.scale", [1, 1, 1]],
  ]);
  expect(model.parameters.map(({ name }) => name)).toEqual([
    "layers.0.weight",
    "layers.0.bias",
    "layers.1.slope",
  ]);
  expect(plan.layers[1]!.parameters).toBe(2);
});

test("a parameter can be initialized with a constant", () => {
  expect(build([counting]).model.parameters[0]!.value.data).toEqual(Float32Array.of(0.25, 0.25));
});

test("the layer and the model share the same tensor", () => {
  const { model, backend } = build([counting]);
  model.forward(backend.allocate([1, 2]), { training: true, step: 0 });
  model.forward(backend.allocate([1, 2]), { training: false, step: 0 });
  expect(model.buffers[0]!.value.data[0]).toBe(1);
});

test("a layer that requests a buffer missing from its plan throws an error with its path", () => {
  const { definition } = counting;
  const broken = { ...definition, plan: () => ({ ...definition.plan({}, [2]), buffers: {} }) };
  expect(() => build([units, { definition: broken, options: {} }])).toThrow(
    'counting: its plan declares no buffer "passes", but its build function requests it.',
  );

  const inside = { definition: residual, options: { layers: [{ definition: broken, options: {} }] } };
  expect(() => build([units, inside])).toThrow(
    expect.objectContaining({
      message: 'counting: its plan declares no buffer "passes", but its build function requests it.',
      path: [1, "layers", 0],
    }),
  );
});
