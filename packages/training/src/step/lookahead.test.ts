import type { Parameter } from "@nn/layers";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, toySpec } from "../testing/toy-training.ts";
import { train } from "../train.ts";
import { createLookahead } from "./lookahead.ts";

test("after every k steps, the slow weights move by α towards the weights, which are set to them", () => {
  const backend = createReferenceBackend("float64");
  const value = backend.allocate([2]);
  value.data[0] = 8;
  const parameter: Parameter = { name: "weight", value, gradient: backend.allocate([2]) };
  const lookahead = createLookahead({ steps: 2, alpha: 0.25 }, backend, {
    parameters: [parameter],
    constrain() {},
  });
  const seen: number[] = [];
  for (let step = 0; step < 4; step++) {
    value.data[0] += 1;
    lookahead.afterStep();
    seen.push(value.data[0]);
  }
  // 8 → 9 → 10, back to 8 + ¼·2; → 9.5 → 10.5, back to 8.5 + ¼·2
  expect(seen).toEqual([9, 8.5, 9.5, 9]);
});

test.each([0.1, 0.5, 1])(
  "with α = %d, the weights satisfy maxNorm after lookahead moved them",
  async (alpha) => {
    const maxNorm = 0.1; // The initial weights exceed it.
    const dense = { type: "dense", units: 3, bias: true, maxNorm };
    const { network, config } = await createToyTraining(
      {
        model: { ...toySpec.model, layers: [{ type: "flatten" }, dense] },
        training: { ...toySpec.training, epochs: 1, batchSize: 10, lookahead: { steps: 2, alpha } },
      },
      { backend: createReferenceBackend("float64") },
    );
    const { value } = network.model.parameters[0]!;
    const norms = (): number[] =>
      [0, 1, 2].map((unit) => Math.hypot(...value.data.filter((_w, i) => i % 3 === unit)));
    expect(Math.max(...norms())).toBeGreaterThan(maxNorm);
    await train(network, config, createSilentObserver());
    expect(Math.max(...norms())).toBeLessThanOrEqual(maxNorm * (1 + 1e-12));
  },
);
