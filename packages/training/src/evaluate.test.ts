import { expect, test, vi } from "vitest";

import { createSilentObserver, createToyTraining, toySpec } from "./testing/toy-training.ts";
import { Evaluator } from "./evaluate.ts";
import { Yielder } from "./step/yielder.ts";

test("a network is evaluated in evaluation mode: dropout is off, and norms use their running averages", async () => {
  const layers = [
    { type: "flatten" },
    { type: "dense", units: 6, bias: true },
    { type: "batch-norm", momentum: 0.1, epsilon: 0.001, affine: true },
    { type: "dropout", rate: 0.5 },
    { type: "dense", units: 3, bias: true },
  ];
  const { network, config } = await createToyTraining({ model: { ...toySpec.model, layers } });
  const remembered = network.model.buffers.map(({ value }) => Array.from(value.data));
  const seen: number[] = [];
  const expected: number[] = [];
  await new Evaluator(config.split, config.images).evaluate(
    network,
    createSilentObserver().yielder,
    (outputs, batch) => {
      seen.push(...outputs.data);
      expected.push(...network.model.forward(batch.images, { training: false, step: 0 }).data);
    },
  );
  expect(seen).toHaveLength(3 * 40);
  expect(seen).toEqual(expected);
  expect(network.model.buffers.map(({ value }) => Array.from(value.data))).toEqual(remembered);
});

test("messages are handled between the batches of an evaluation, so a long one can be interrupted", async () => {
  const { network, config } = await createToyTraining();
  const yielder = new Yielder(() => 0, 0);
  const yields = vi.spyOn(yielder, "yield");
  await new Evaluator(config.split, config.images).evaluate(network, yielder);
  expect(yields).toHaveBeenCalledTimes(1); // 40 images are one batch
});
