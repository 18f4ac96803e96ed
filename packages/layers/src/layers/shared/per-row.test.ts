import { createReferenceBackend, createRng, type Activation } from "@nn/tensor";
import { Type } from "typebox";
import { expect, test } from "vitest";

import { defineLayer, type Layer } from "../../definition.ts";
import { zeros } from "../../initializers/zeros.ts";
import { planModel } from "../../model/model.ts";
import { relu } from "../relu.ts";
import { planPerRow } from "./per-row.ts";

const backend = createReferenceBackend("float32");
const unchanged: Layer = { forward: (x) => x, backward: (dy) => dy };

/** Returns the output of a layer that is applied to each of two rows, and of relu after it. */
function outputOf(layer: Layer): number[] {
  const definition = defineLayer({
    type: "of-rows",
    description: "Applies a layer to each row.",
    options: Type.Object({}),
    plan: () => planPerRow(2, { outputShape: [2], build: () => layer }, [2]),
  });
  const plan = planModel(
    [
      { definition, options: {} },
      { definition: relu, options: {} },
    ],
    [2, 2],
  );
  const initializer = { definition: zeros, options: {} };
  const model = plan.build({ backend, batchSize: 1, rng: createRng(1), initializer });
  const x = backend.allocate([1, 2, 2]);
  x.data.set([-1, 2, -3, 4]);
  return [...model.forward(x, { training: false, step: 0 }).data];
}

test("an activation is fused into the layer that is applied to each row", () => {
  const fused: Activation[] = [];
  // The layer now applies the activation, so relu returns its input unchanged.
  const output = outputOf({ ...unchanged, fuse: (activation) => void fused.push(activation) });
  expect(fused).toEqual([{ kind: "relu" }]);
  expect(output).toEqual([-1, 2, -3, 4]);
});

test("after a layer that fuses no activation, the activation is applied", () => {
  expect(outputOf(unchanged)).toEqual([0, 2, 0, 4]);
});
