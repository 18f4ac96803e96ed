import { completeOptions } from "@nn/catalog/testing/complete-options";
import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { layers } from "../catalog.ts";
import { glorot } from "../initializers/glorot.ts";
import { planModel, type Model, type NonFiniteLayer } from "./model.ts";
import { resolveLayer, type LayerBlock } from "./nested-layers.ts";
import { referenceBackend } from "../testing/backends.ts";

const pass = { training: true, step: 0 };
const dense = (units = 3) => ({ type: "dense", units });

function build(blocks: readonly LayerBlock[], inputShape: readonly number[]): Model {
  const source = { find: (type: string) => layers.get(type)!, complete: completeOptions };
  const choices = blocks.map((block) => resolveLayer(block, source));
  return planModel(choices, inputShape).build({
    backend: referenceBackend,
    batchSize: 2,
    rng: createRng(1),
    initializer: { definition: glorot, options: { distribution: "normal" } },
  });
}

/** Returns the result of `findNonFiniteLayer` if all numbers of `broken` are `value`. */
function find(
  blocks: readonly LayerBlock[],
  inputShape: readonly number[],
  broken: string,
  value = Number.NaN,
): NonFiniteLayer | undefined {
  const model = build(blocks, inputShape);
  const x = referenceBackend.allocate([2, ...inputShape]);
  for (let i = 0; i < x.data.length; i++) x.data[i] = i;
  expect(model.findNonFiniteLayer(x, pass)).toBeUndefined();
  model.parameters.find(({ name }) => name === broken)!.value.data.fill(value);
  return model.findNonFiniteLayer(x, pass);
}

test("reports a layer in a branch with its path through the options", () => {
  const residual = { type: "residual", layers: [dense(), { type: "tanh" }, dense()] };
  expect(find([dense(), residual], [3], "layers.1.layers.2.weight")).toEqual({
    path: [1, "layers", 2],
    type: "dense",
    times: [],
    what: "weights",
  });
  const branches = { type: "parallel", branches: [[{ type: "tanh" }], [dense(), residual]] };
  expect(find([branches], [3], "layers.0.branches.1.1.layers.0.bias")).toMatchObject({
    path: [0, "branches", 1, 1, "layers", 0],
    type: "dense",
  });
});

test("reports the repetition of a repeated layer", () => {
  const inner = { type: "repeat", times: 2, layers: [{ type: "tanh" }, dense()] };
  const outer = { type: "repeat", times: 3, layers: [inner] };
  expect(find([outer], [3], "layers.0.2.layers.0.1.layers.1.weight")).toEqual({
    path: [0, "layers", 0, "layers", 1],
    type: "dense",
    times: [3, 2],
    what: "weights",
  });
});

test("reports a built-in part of a layer by its name", () => {
  const blocks = [{ type: "transformer-encoder", heads: 1, hiddenUnits: 4 }];
  expect(find(blocks, [2, 3], "layers.0.attention.output.weight")).toMatchObject({
    path: [0, "attention", "output"],
    type: "dense",
    what: "weights",
  });
  expect(find(blocks, [2, 3], "layers.0.expand.weight", 3e38)).toMatchObject({
    path: [0, "expand"],
    type: "dense",
    what: "activations",
  });
});

test("names the container if its nested layers are finite and their sum is not", () => {
  const branches = { type: "parallel", join: "add", branches: [[dense(2)], [dense(2)]] };
  const built = build([branches, dense(2)], [1]);
  for (const { name, value } of built.parameters) if (name.endsWith("bias")) value.data.fill(3e38);
  const x = referenceBackend.allocate([1, 1]);
  expect(built.findNonFiniteLayer(x, pass)).toEqual({
    path: [0],
    type: "parallel",
    times: [],
    what: "activations",
  });
});

test("does not change the result of a pass", () => {
  const block = { type: "repeat", times: 2, layers: [{ type: "residual", layers: [dense()] }] };
  const model = build([block], [3]);
  const x = referenceBackend.allocate([1, 3]);
  x.data.set([1, -2, 3]);
  const before = model.forward(x, pass).data.slice();
  model.findNonFiniteLayer(x, pass);
  expect(model.forward(x, pass).data).toEqual(before);
});
