import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, toySpec, copyWeights } from "../testing/toy-training.ts";
import { train } from "../train.ts";

const { training } = toySpec;

/** Returns the weights after one step with a learning rate of ½, from biases of 1. */
async function afterOneStep(weightDecay: number, decayBias?: boolean) {
  const { network, config } = await createToyTraining({
    optimizer: { ...toySpec.optimizer, weightDecay },
    training: { ...training, batchSize: 40, epochs: 1, ...(decayBias !== undefined && { decayBias }) },
  });
  for (const { name, value } of network.model.parameters) if (name.endsWith("bias")) value.data.fill(1);
  await train(network, config, createSilentObserver());
  return copyWeights(network);
}

test("decayBias: false excludes biases, and nothing else, from weight decay", async () => {
  const [none, all, weightsOnly] = [
    await afterOneStep(0),
    await afterOneStep(0.25),
    await afterOneStep(0.25, false),
  ];
  for (const name of Object.keys(none)) {
    expect(all[name]).not.toEqual(none[name]);
    expect(weightsOnly[name]).toEqual(name.endsWith("bias") ? none[name] : all[name]);
  }
});

test("by default and with decayBias: true, all parameters decay", async () => {
  expect(await afterOneStep(0.25, true)).toEqual(await afterOneStep(0.25));
});
