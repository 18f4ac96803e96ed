import { createWasmBackend } from "@nn/kernels";
import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import {
  createSilentObserver,
  createToyTraining,
  toySpec,
  createToySplit,
  copyWeights,
} from "./testing/toy-training.ts";
import type { TrialSpec } from "./trial-spec.ts";
import { Evaluator } from "./evaluate.ts";
import { train } from "./train.ts";

const withRate = (learningRate: number) => ({ optimizer: { ...toySpec.optimizer, learningRate } });

test("a network learns", async () => {
  const { network, config } = await createToyTraining({
    training: { epochs: 30, batchSize: 7, shuffle: true },
  });
  const { status, epochs } = await train(network, config, createSilentObserver());
  expect(status).toBe("completed");
  expect(epochs).toHaveLength(30);
  expect(epochs[0]!.train.accuracy).toBeLessThan(0.9);
  expect(epochs.at(-1)!.train.accuracy).toBe(1);
});

test("training metrics are computed before the step of each batch", async () => {
  const { network, config } = await createToyTraining({
    training: { epochs: 2, batchSize: 40, shuffle: false },
  });
  const examination = new Evaluator(config.split, config.images);
  const before = await examination.evaluate(network, createSilentObserver().yielder);
  const { epochs } = await train(network, { ...config, epochs: 1 }, createSilentObserver());
  expect(epochs[0]!.train).toEqual(before);
  const after = await examination.evaluate(network, createSilentObserver().yielder);
  expect(after.loss).toBeLessThan(before.loss);
});

test("a shorter last batch is weighted by its number of images", async () => {
  // The steps are too small to change a weight: the mean over batches of 7, the last of 5, is that over all
  // images.
  const { network, config } = await createToyTraining(withRate(1e-30));
  const whole = await new Evaluator(config.split, config.images).evaluate(
    network,
    createSilentObserver().yielder,
  );
  const { epochs } = await train(network, { ...config, epochs: 1 }, createSilentObserver());
  expect(epochs[0]!.train.accuracy).toBe(whole.accuracy);
  expect(epochs[0]!.train.loss).toBeCloseTo(whole.loss, 6);
});

test("the same seed gives the same weights, to the bit; another seed gives others", async () => {
  const run = async (seed: number) => {
    const { network, config } = await createToyTraining({}, { seed });
    await train(network, config, createSilentObserver());
    return copyWeights(network);
  };
  expect(await run(1)).toEqual(await run(1));
  expect(await run(2)).not.toEqual(await run(1));
});

test("the wasm backend gives the weights of the reference backend, to the bit", async () => {
  const run = async (backend?: ReturnType<typeof createWasmBackend>) => {
    const augment = [
      { type: "rotate", degrees: 20 },
      { type: "elastic", alpha: 5, sigma: 2 },
    ];
    const { network, config } = await createToyTraining(
      { augment },
      backend === undefined ? {} : { backend },
    );
    await train(network, config, createSilentObserver());
    return copyWeights(network);
  };
  expect(await run(createWasmBackend())).toEqual(await run());
});

test("the random stream changes the order only if the images are shuffled", async () => {
  const run = async (shuffle: boolean, stream: number) => {
    const { network, config } = await createToyTraining({ training: { ...toySpec.training, shuffle } });
    await train(network, { ...config, rng: createRng(stream) }, createSilentObserver());
    return copyWeights(network);
  };
  expect(await run(false, 1)).toEqual(await run(false, 2));
  expect(await run(true, 1)).not.toEqual(await run(true, 2));
  expect(await run(true, 1)).not.toEqual(await run(false, 1));
});

test("augmentation changes the training images in each epoch differently, and no evaluated image", async () => {
  const augment = [
    { type: "shift", pixels: 1 },
    { type: "noise", deviation: 0.3 },
  ];
  const run = async (changes: Partial<TrialSpec>) => {
    const { network, config } = await createToyTraining({ ...withRate(1e-30), ...changes });
    const validation = new Evaluator(config.split, config.images);
    const { epochs } = await train(network, { ...config, validation }, createSilentObserver());
    return epochs;
  };
  const [plain, augmented] = [await run({}), await run({ augment })];
  expect(augmented.map(({ validation }) => validation)).toEqual(plain.map(({ validation }) => validation));
  // With steps too small to change a weight, the plain epochs differ only in the order of summation.
  expect(plain[0]!.train.loss).toBeCloseTo(plain[1]!.train.loss, 6);
  const losses = augmented.map(({ train }) => train.loss.toFixed(4));
  expect(new Set([...losses, plain[0]!.train.loss.toFixed(4)]).size).toBe(4);
});

test("an empty list of augmentations and none give the same weights, to the bit", async () => {
  const run = async (changes: Partial<TrialSpec>) => {
    const { network, config } = await createToyTraining(changes);
    await train(network, config, createSilentObserver());
    return copyWeights(network);
  };
  expect(await run({ augment: [] })).toEqual(await run({}));
  expect(await run({ augment: [{ type: "cutout", size: 2 }] })).not.toEqual(await run({}));
});

test("held-out images are evaluated and never trained on", async () => {
  const run = async (disturbed: boolean) => {
    const split = createToySplit(60);
    const labels = split.labels.map((label, n) => (disturbed && n >= 40 ? (label + 1) % 3 : label));
    const { network, config } = await createToyTraining({}, { split: { ...split, labels } });
    const held = config.images.slice(40);
    const validation = new Evaluator(config.split, held);
    const { epochs } = await train(
      network,
      { ...config, images: config.images.slice(0, 40), validation },
      createSilentObserver(),
    );
    return { weights: copyWeights(network), accuracy: epochs.at(-1)!.validation!.accuracy };
  };
  const [clean, disturbed] = [await run(false), await run(true)];
  expect(disturbed.weights).toEqual(clean.weights);
  expect(disturbed.accuracy).toBeLessThan(clean.accuracy);
});

test("yielding and reporting change no weight", async () => {
  const quiet = await createToyTraining();
  await train(quiet.network, quiet.config, createSilentObserver());

  let now = 0;
  const seen: number[] = [];
  const busy = await createToyTraining();
  const clock = () => (now += 0.06); // 60 ms per read: the loop yields after about every second batch
  await train(
    busy.network,
    busy.config,
    createSilentObserver(clock, (_epoch, images) => seen.push(images)),
  );
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.every((images) => images > 0 && images <= 40)).toBe(true);
  expect(copyWeights(busy.network)).toEqual(copyWeights(quiet.network));
});

test("a loss that is not finite ends training as diverged, and the reason names the first layer", async () => {
  const { network, config } = await createToyTraining(withRate(1e25));
  const training = await train(network, config, createSilentObserver());
  expect(training).toMatchObject({ status: "diverged", epochs: [] });
  expect("reason" in training && training.reason).toMatch(
    new RegExp(
      /^the loss is not finite in epoch 1, training step \d: model\.layers\[[13]\] \(dense\) is the /.source +
        /first layer whose (weights|activations) are not finite\. A smaller/.source,
    ),
  );
});

test("a loss that is not finite before the first step is not blamed on the learning rate", async () => {
  const reasonInBatch2 = async (accumulate: number): Promise<unknown> => {
    const { network, config } = await createToyTraining();
    let batch = 0;
    const loss = {
      ...network.loss,
      forward: (...[outputs, labels]: Parameters<typeof network.loss.forward>) =>
        ++batch === 2 ? Infinity : network.loss.forward(outputs, labels),
    };
    const training = await train({ ...network, loss }, { ...config, accumulate }, createSilentObserver());
    return "reason" in training && training.reason;
  };
  const found =
    "the loss is not finite in epoch 1, training step 2, but all outputs of the network are finite. ";
  expect(await reasonInBatch2(1)).toBe(`${found}A smaller learning rate often helps.`);
  expect(await reasonInBatch2(2)).toBe(
    `${found}No weight has been trained yet: check the loss cross-entropy.`,
  );
});

test("weights that are not finite after an epoch end training as diverged", async () => {
  const { network, config } = await createToyTraining({
    ...withRate(1e45),
    training: { epochs: 2, batchSize: 40, shuffle: false },
  });
  const training = await train(network, config, createSilentObserver());
  expect(training).toEqual({
    status: "diverged",
    epochs: [],
    reason:
      "after epoch 1, layers.1.weight has numbers that are not finite. A smaller learning rate often helps.",
  });
});
