// Measures the time of each augmentation, and its share of a training step of LeNet-5 and of the CNN. The
// steps with and without augmentation alternate. The time of an augmentation alone is the best of many
// rounds, because other programs only add time. Run it before changing packages/mnist/src/augment/ or the
// kernels that it calls.
//
//   pnpm run bench:augmentation [SHARE]     with 0.1, a tenth of the rounds
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { createWasmBackend, usesSimd256 } from "../packages/kernels/src/index.ts";
import { ensureKernelsCompiled, getNodeFlags } from "../packages/kernels/src/node/index.ts";
import { BatchReader } from "../packages/mnist/src/index.ts";
import { loadExperiment } from "../packages/experiment/src/index.ts";
import { createAugmenter } from "../packages/training/src/data/augmentation.ts";
import { buildNetwork } from "../packages/training/src/network.ts";
import { Yielder } from "../packages/training/src/step/yielder.ts";
import { train } from "../packages/training/src/train.ts";
import { TrainingRuntime, type InMemoryDataset } from "../packages/training/src/training-runtime.ts";
import { createRng } from "../packages/tensor/src/index.ts";
import { writeImages } from "./images.ts";
import type { Network } from "./network.ts";
import { cnn } from "./networks/cnn.ts";
import { lenet5 } from "./networks/lenet5.ts";
import { Measurements, printTable } from "./record/measurements.ts";

if (!usesSimd256()) {
  await ensureKernelsCompiled();
  const { status } = spawnSync(
    process.execPath,
    [...getNodeFlags(256), import.meta.filename, ...process.argv.slice(2)],
    {
      stdio: "inherit",
    },
  );
  process.exit(status ?? 1);
}

const roundShare = Number(process.argv[2] ?? 1);
const COUNT = 320;
const scratch = mkdtempSync(path.join(tmpdir(), "nn-bench-"));
writeImages(scratch, COUNT);

const shift = { type: "shift", pixels: 2 };
const rotate = { type: "rotate", degrees: 10 };
const scale = { type: "scale", range: 0.1 };
const shear = { type: "shear", degrees: 10 };
const elastic = { type: "elastic", alpha: 34, sigma: 4 };
const lists: readonly (readonly { readonly type: string }[])[] = [
  [shift],
  [shift, rotate],
  [shift, rotate, scale, shear],
  [elastic],
  [shift, rotate, elastic],
  [{ type: "cutout" }],
  [{ type: "random-erasing" }],
  [{ type: "noise" }],
  [{ type: "mixup" }],
  [{ type: "cutmix" }],
];

const silent = {
  yielder: new Yielder(() => 0),
  onEpochStart() {},
  onProgress() {},
  onLearned() {},
  onEpoch() {},
};

const runtime = new TrainingRuntime(createWasmBackend());
const learners: readonly Learner[] = [
  { network: lenet5, rounds: 300 * roundShare },
  { network: cnn, rounds: 30 * roundShare },
];

const times = new Measurements();
const setting = "images of 28 × 28, batch 64";
const STEP = "% of a step without augmentation";
for (const list of lists) {
  const name = list.map(({ type }) => type).join(" + ");
  times.add({ setting, name, unit: "µs/image" }, await microseconds(list));
  for (const learner of learners) {
    const added = 100 * (await share(learner, list));
    times.add({ setting: `${learner.network.title}, batch 64`, name, unit: STEP }, added);
  }
}
const rows = times.record();
console.log(`${setting}, ${runtime.backend.name}; the share is of a step without augmentation\n`);
printTable(
  ["", "µs an image", "images/s", ...learners.map(({ network }) => network.title)],
  rows
    .filter(({ unit }) => unit !== STEP)
    .map(({ name, median }) => {
      const shares = rows.filter((row) => row.name === name && row.unit === STEP);
      const rate = Math.round(1e6 / median).toLocaleString("en");
      return [name, median.toFixed(2), rate, shares.map((row) => `${row.median.toFixed(1)} %`)];
    }),
);
rmSync(scratch, { recursive: true });

/** Microseconds per image that augmentation takes by itself. */
async function microseconds(list: (typeof lists)[number]): Promise<number> {
  const { spec, data, release } = await prepare(lenet5, list);
  const augmenter = createAugmenter(spec, data.training, createRng(1));
  const batches = new BatchReader(data.training, 64);
  const order = Int32Array.from({ length: COUNT }, (_, index) => index);
  let best = Infinity;
  for (let round = 1; round <= 100 * roundShare; round++) {
    let spent = 0;
    for (let start = 0; start < COUNT; start += 64) {
      const batch = batches.read(order, start, 64);
      const began = performance.now();
      augmenter?.apply(batch, round, start);
      spent += performance.now() - began;
    }
    best = Math.min(best, spent);
  }
  release();
  return (best * 1000) / COUNT;
}

/** A network, and its number of training steps with and without augmentation, which alternate. */
interface Learner {
  readonly network: Network;
  readonly rounds: number;
}

/** Time that a list of augmentations adds to a training step, as a share of the step. */
async function share({ network, rounds }: Learner, list: (typeof lists)[number]): Promise<number> {
  const { spec, data, model, release } = await prepare(network, list);
  const config = {
    ...spec.training,
    spec,
    split: data.training,
    images: Int32Array.from({ length: 64 }, (_, index) => index),
    rng: createRng(1),
  };
  const augmenter = createAugmenter(spec, data.training, createRng(1));
  let [plain, augmented] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    plain += await seconds(() => train(model, config, silent));
    augmented += await seconds(() => train(model, { ...config, augmenter }, silent));
  }
  release();
  return augmented / plain - 1;
}

/**
 * CPU time, which a busy machine changes less than wall-clock time. Its resolution is a few milliseconds.
 */
async function seconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}

async function prepare({ layers, optimizer }: Network, augment: (typeof lists)[number]) {
  const file = path.join(scratch, "bench.yaml");
  const experiment = {
    name: "bench",
    dataset: { type: "mnist", validation: 0 },
    augment,
    model: { layers },
    optimizer,
    training: { epochs: 1, batchSize: 64 },
  };
  writeFileSync(file, JSON.stringify(experiment)); // which is YAML, too
  const { spec } = (await loadExperiment(file)).trials[0]!;
  const { backend } = runtime;
  const data: InMemoryDataset = await runtime.useDataset(spec.dataset, { dataFolder: scratch });
  const release = backend.mark();
  const model = await buildNetwork(spec, {
    backend,
    inputShape: data.exampleShape,
    classes: data.classes,
    batchSize: 64,
    rng: createRng(1),
    experimentFolder: scratch,
  });
  return { spec, data, model, release };
}
