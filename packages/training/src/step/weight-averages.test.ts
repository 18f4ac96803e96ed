import { OptionsError } from "@nn/layers";
import { createReferenceBackend, type Tensor } from "@nn/tensor";
import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, copyWeights } from "../testing/toy-training.ts";
import { weightAverages, createWeightAverage } from "./weight-averages.ts";
import { Evaluator } from "../evaluate.ts";
import type { ModelTensors } from "./model-copy.ts";
import { train } from "../train.ts";

const backend = createReferenceBackend("float64");

/** Returns a model with one parameter and one buffer of a layer. */
function tensors(): { model: ModelTensors; weight: Tensor; remembered: Tensor } {
  const [weight, gradient, remembered] = [
    backend.allocate([1]),
    backend.allocate([1]),
    backend.allocate([1]),
  ] as const;
  const model = {
    parameters: [{ name: "weight", value: weight, gradient }],
    buffers: [{ name: "running", value: remembered }],
  };
  return { model, weight, remembered };
}

test("ema starts with the weights after the first step and averages weights and buffers exponentially", () => {
  const { model, weight, remembered } = tensors();
  const average = createWeightAverage({ type: "ema", decay: 0.75 }, backend, model);
  for (const value of [4, 8, 0]) {
    weight.data[0] = value;
    remembered.data[0] = -value;
    average.afterStep();
  }
  average.exchange();
  // 4; 4 + ¼·(8 − 4) = 5; 5 + ¼·(0 − 5) = 3.75
  expect([weight.data[0], remembered.data[0]]).toEqual([3.75, -3.75]);
  average.exchange();
  expect([weight.data[0], remembered.data[0]]).toEqual([0, -0]);
});

test("swa is the mean over the epochs from `from` on, and does not change the weights before", () => {
  const { model, weight } = tensors();
  const average = createWeightAverage({ type: "swa", from: 2 }, backend, model);
  weight.data[0] = 100;
  average.afterEpoch(1);
  average.exchange();
  expect(weight.data[0]).toBe(100);
  for (const [epoch, value] of [
    [2, 3],
    [3, 6],
    [4, 12],
  ] as const) {
    weight.data[0] = value;
    average.afterEpoch(epoch);
  }
  average.exchange();
  expect(weight.data[0]).toBe(7);
});

test("swa that begins after the last epoch is an error", () => {
  const check = () => weightAverages.get("swa")?.check?.({ from: 5 }, 4);
  expect(check).toThrow(OptionsError);
  expect(check).toThrow("swa: starts with epoch 5, but there are only 4 epochs.");
  expect(() => weightAverages.get("swa")?.check?.({ from: 2 }, 1)).toThrow("but there is only 1 epoch.");
});

test("the average is validated and stays in the network; training continues from the raw weights", async () => {
  const run = async (average?: { type: string; from: number }) => {
    const { network, config } = await createToyTraining();
    const validation = new Evaluator(config.split, config.images);
    const options = { ...config, epochs: 4, validation, ...(average && { average }) };
    const { epochs } = await train(network, options, createSilentObserver());
    return { epochs, network, validation };
  };
  const raw = await run();
  const averaged = await run({ type: "swa", from: 2 });
  const losses = ({ epochs }: typeof raw) => epochs.map(({ train: { loss } }) => loss);
  expect(losses(averaged)).toEqual(losses(raw));
  expect(averaged.epochs[1]!.validation).toEqual(raw.epochs[1]!.validation);
  expect(averaged.epochs[2]!.validation).not.toEqual(raw.epochs[2]!.validation);
  expect(copyWeights(averaged.network)).not.toEqual(copyWeights(raw.network));
  expect(await averaged.validation.evaluate(averaged.network, createSilentObserver().yielder)).toEqual(
    averaged.epochs.at(-1)!.validation,
  );
});
