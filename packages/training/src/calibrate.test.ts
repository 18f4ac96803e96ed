import { losses, optimizers } from "@nn/layers";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createPartSpec } from "./testing/part-spec.ts";
import { toySpec } from "./testing/toy-training.ts";
import type { TrialSpec } from "./trial-spec.ts";
import type { CalibrationResult } from "./messages.ts";
import { calibrate } from "./calibrate.ts";

const info = { exampleShape: [2, 2, 1], classes: 3, trainingCount: 40, testCount: 10 };
const backend = createReferenceBackend("float32");

function paceOf(changes: Partial<TrialSpec>): Promise<CalibrationResult> {
  let seconds = 0;
  const clock = (): number => (seconds += 1 / 64);
  const spec = { ...toySpec, ...changes };
  return calibrate({ backend }, { spec, info, threads: 1, experimentFolder: "/" }, clock);
}

test.for([
  ...[...optimizers.keys()].map((type): [string, Partial<TrialSpec>] => [
    type,
    { optimizer: createPartSpec(optimizers, type) },
  ]),
  ...[...losses.keys()].map((type): [string, Partial<TrialSpec>] => [
    type,
    { loss: createPartSpec(losses, type) },
  ]),
  [
    "a learning rate that would diverge",
    { optimizer: createPartSpec(optimizers, "sgd", { learningRate: 1e30 }) },
  ],
  ["shifted images", { augment: [{ type: "shift", pixels: 1, fill: 0 }] }],
  ["mixed images", { augment: [{ type: "mixup", alpha: 0.4 }] }],
  ["large batches", { training: { ...toySpec.training, batchSize: 1000 } }],
  [
    "all weight trackers",
    {
      training: {
        ...toySpec.training,
        accumulate: 3,
        average: { type: "ema", decay: 0.9 },
        lookahead: { steps: 2, alpha: 0.5 },
        earlyStopping: { metric: "loss", patience: 1, minDelta: 0 },
      },
    },
  ],
] satisfies [string, Partial<TrialSpec>][])(
  "%s: calibration returns positive speeds",
  async ([, changes]) => {
    const pace = await paceOf(changes);
    expect(pace.learning).toBeGreaterThan(0);
    expect(pace.learning).toBeLessThan(1);
    expect(pace.measuring).toBeGreaterThan(0);
    expect(pace.measuring).toBeLessThan(1);
    expect(pace.building).toBeGreaterThan(0);
  },
);

test("the state of the optimizer counts towards the bytes on the disk", async () => {
  const [plain, momentum] = await Promise.all([
    paceOf({}),
    paceOf({ optimizer: createPartSpec(optimizers, "sgd", { learningRate: 0.1, momentum: 0.9 }) }),
  ]);
  const numbers = 4 * 6 + 6 + 6 * 3 + 3;
  expect(plain.bytes).toBeGreaterThan(2 * 4 * numbers);
  expect(momentum.bytes - plain.bytes).toBeGreaterThanOrEqual(4 * numbers);
});

test("calibration frees the memory of the backend", async () => {
  const taken: number[] = [];
  const counting = {
    ...backend,
    mark() {
      taken.push(1);
      const release = backend.mark();
      return () => {
        taken.push(-1);
        release();
      };
    },
  };
  await calibrate({ backend: counting }, { spec: toySpec, info, threads: 1, experimentFolder: "/" }, () => 0);
  expect(taken.reduce((sum, change) => sum + change, 0)).toBe(0);
});
