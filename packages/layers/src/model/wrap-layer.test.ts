import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { layers } from "../catalog.ts";
import type { LayerWrapper } from "../definition.ts";
import { glorot } from "../initializers/glorot.ts";
import { planModel } from "./model.ts";
import { resolveLayer, type LayerBlock } from "./nested-layers.ts";

const backend = createReferenceBackend("float32");
const dense = { type: "dense", units: 3, bias: true };
const blocks: readonly LayerBlock[] = [
  { type: "flatten" },
  dense,
  { type: "relu" },
  { type: "repeat", times: 2, layers: [{ type: "residual", layers: [{ type: "relu" }, dense] }] },
];

/** Runs a forward and a backward pass, and returns the outputs and all gradients. */
function passes(wrapLayer?: LayerWrapper): number[][] {
  const find = (type: string) => layers.get(type)!;
  const plan = planModel(
    blocks.map((block) => resolveLayer(block, { find })),
    [2, 2, 1],
  );
  const initializer = { definition: glorot, options: { distribution: "normal" } };
  const model = plan.build({ backend, batchSize: 2, rng: createRng(1), initializer, wrapLayer });
  const x = backend.allocate([2, 2, 2, 1]);
  x.data.set([0.5, -1, 2, 0.25, 1, 3, -0.5, 0.75]);
  const pass = { training: true, step: 0 };
  const outputs = [...model.forward(x, pass).data];
  const dy = backend.allocate([2, 3]);
  dy.data.set([1, -2, 3, 0.5, 0.25, -1]);
  model.backward(dy, pass);
  return [outputs, ...model.parameters.map(({ gradient }) => Array.from(gradient.data))];
}

test("a wrapper receives every layer, nested layers first, and sees every pass", () => {
  const wrapped: string[] = [];
  const calls: string[] = [];
  const plain = passes();
  const watched = passes((layer, { path, type, needsInputGradient }) => {
    const name = `${path.join(".")} ${type}`;
    wrapped.push(`${name}${needsInputGradient ? "" : ", first"}`);
    return {
      forward(x, pass) {
        calls.push(`${name} forward`);
        return layer.forward(x, pass);
      },
      backward(dy, pass) {
        calls.push(`${name} backward`);
        return layer.backward(dy, pass);
      },
    };
  });
  const nested = ["layers.0 relu", "layers.1 dense", "layers.0 residual"];
  expect(wrapped).toEqual(["0 flatten, first", "1 dense, first", "2 relu", ...nested, ...nested, "3 repeat"]);
  const inside = (pass: string, names: readonly string[]) => names.map((name) => `${name} ${pass}`);
  const forward = ["layers.0 residual", "layers.0 relu", "layers.1 dense"];
  const backward = ["layers.0 residual", "layers.1 dense", "layers.0 relu"];
  expect(calls).toEqual([
    ...inside("forward", ["0 flatten", "1 dense", "2 relu", "3 repeat", ...forward, ...forward]),
    ...inside("backward", ["3 repeat", ...backward, ...backward, "2 relu", "1 dense"]),
  ]);
  expect(watched).toEqual(plain);
});
