import { createWasmBackend } from "@nn/kernels";
import { createRng, type Backend, type Tensor } from "@nn/tensor";
import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining } from "../testing/toy-training.ts";
import type { PartSpec } from "../trial-spec.ts";
import { createTestTimeAugmentation } from "./augmentation.ts";
import { Evaluator } from "../evaluate.ts";
import { train } from "../train.ts";

const noise = [{ type: "noise", deviation: 0.3 }];

interface Setting {
  readonly seed?: number;
  readonly backend?: Backend;
  readonly augment?: readonly PartSpec[];
}

/** Returns the outputs of a trained network with this many views, and its metrics, evaluated twice. */
async function measured(views: number, { seed = 1, backend, augment = noise }: Setting = {}) {
  const { network, config } = await createToyTraining({}, backend === undefined ? {} : { backend });
  await train(network, config, createSilentObserver());
  const evaluation = views === 1 ? {} : { evaluation: { views, augment } };
  const examination = new Evaluator(
    config.split,
    config.images,
    createTestTimeAugmentation(evaluation, config.split, createRng(seed)),
  );
  const outputs: number[] = [];
  const visit = ({ data }: Tensor) => void outputs.push(...data);
  const measure = await examination.evaluate(network, createSilentObserver().yielder, visit);
  return { outputs, measure, again: await examination.evaluate(network, createSilentObserver().yielder) };
}

test("views with augmentations that change nothing have the metrics of the images alone", async () => {
  const nothing = [{ type: "noise", deviation: 0 }];
  expect(await measured(4, { augment: nothing })).toEqual(await measured(1));
});

test("the outputs are the mean over the views, the first of which is the image itself", async () => {
  const [alone, two, three] = [await measured(1), await measured(2), await measured(3)];
  const second = two.outputs.map((mean, i) => 2 * mean - alone.outputs[i]!);
  const third = three.outputs.map((mean, i) => 3 * mean - 2 * two.outputs[i]!);
  expect(second).not.toEqual(alone.outputs);
  // The augmentations of views 1 and 2 differ, and both are about as far from the image.
  const distance = (outputs: readonly number[]): number =>
    outputs.reduce((sum, output, i) => sum + (output - alone.outputs[i]!) ** 2, 0);
  expect(distance(third) / distance(second)).toBeGreaterThan(0.25);
  expect(distance(third) / distance(second)).toBeLessThan(4);
  expect(third.some((output, i) => Math.abs(output - second[i]!) > 1e-3)).toBe(true);
});

test("the same seed gives the same bytes on both backends and every time; another seed gives others", async () => {
  const one = await measured(5);
  expect(one.again).toEqual(one.measure);
  expect(await measured(5, { backend: createWasmBackend() })).toEqual(one);
  expect((await measured(5, { seed: 2 })).measure).not.toEqual(one.measure);
});
