import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { planModel } from "../model/model.ts";
import { drawShapes, testLayer } from "../testing.ts";
import { flatten } from "./flatten.ts";
import { zeros } from "../initializers/zeros.ts";

testLayer(
  flatten,
  [[7], [28, 28, 1], [3, 4, 2], ...drawShapes(createRng(1), 3, 3)].map((inputShape) => ({ inputShape })),
);

test("flattens height, width and channels to one row", () => {
  const plan = planModel([{ definition: flatten, options: {} }], [28, 28, 1]);
  expect(plan.outputShape).toEqual([784]);
});

test("copies no numbers and reuses the view of a tensor", () => {
  const backend = createReferenceBackend("float32");
  const plan = planModel([{ definition: flatten, options: {} }], [2, 3]);
  const model = plan.build({
    backend,
    batchSize: 4,
    rng: createRng(1),
    initializer: { definition: zeros, options: {} },
  });
  const x = backend.allocate([4, 2, 3]);
  const y = model.forward(x, { training: true, step: 0 });
  expect(y.shape).toEqual([4, 6]);
  expect(y.data).toBe(x.data);
  expect(model.forward(x, { training: true, step: 1 })).toBe(y);
});
