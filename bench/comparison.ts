// Measures how often the comparisons of @nn/insight are wrong on real networks. Trains networks of one
// configuration, 784-16-10, on 3,000 images of MNIST for one epoch, which differ only in their seeds, and
// measures their accuracy on 1,000 test images. Compares groups of five; each p-value below 5 % is a false
// positive. Two networks of a pair have the same initial weights and different orders of the images, so that
// pairs are correlated, as those of two configurations with common seeds are. Welch's test compares groups
// without a common seed. Then adds a difference to every accuracy of one group, for groups of ten: one
// standard deviation of the networks, or of the differences of pairs. Counts how often the tests detect it.
// By chance, one line in twenty is outside its bounds.
//
//   pnpm run bench:comparison                         500 pairs of groups, some minutes
//   pnpm run bench:comparison -- --pairs 100 --first 100000     fewer, with seeds from 100,000 on
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { loadExperiment } from "../packages/experiment/src/index.ts";
import {
  comparePaired,
  compareWelch,
  computePower,
  rankCorrelation,
  summarize,
} from "../packages/insight/src/index.ts";
import { createWasmBackend } from "../packages/kernels/src/index.ts";
import { createRng } from "../packages/tensor/src/index.ts";
import { splitDataset } from "../packages/training/src/data/split-dataset.ts";
import { EVALUATION_BATCH_SIZE } from "../packages/training/src/evaluate.ts";
import { buildNetwork } from "../packages/training/src/network.ts";
import { Yielder } from "../packages/training/src/step/yielder.ts";
import { train } from "../packages/training/src/train.ts";
import { TrainingRuntime } from "../packages/training/src/training-runtime.ts";
import { writeImages } from "./images.ts";

const GROUP = 5;
const SIGNIFICANCE = 0.05;
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: { pairs: { type: "string", default: "500" }, first: { type: "string", default: "0" } },
});
const [groups, firstSeed] = [Number(values.pairs), Number(values.first)];
if (!Number.isInteger(groups) || groups < 20 || !Number.isSafeInteger(firstSeed) || firstSeed < 0) {
  console.error("Usage: pnpm run bench:comparison -- [--pairs 500] [--first 0], at least 20 pairs of groups");
  process.exit(2);
}

const silent = {
  yielder: new Yielder(() => 0),
  onEpochStart() {},
  onProgress() {},
  onLearned() {},
  onEpoch() {},
};
const scratch = mkdtempSync(path.join(tmpdir(), "nn-comparison-"));
try {
  report(await trainPairs(groups * GROUP));
} finally {
  rmSync(scratch, { recursive: true });
}

/** Accuracies of networks: a[i] and b[i] have the same initial weights. */
interface Accuracies {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

async function trainPairs(count: number): Promise<Accuracies> {
  writeImages(scratch, 3000, 1000);
  const file = path.join(scratch, "comparison.yaml");
  const experiment = {
    name: "comparison",
    dataset: { type: "mnist", validation: 0 },
    model: {
      layers: [
        { type: "flatten" },
        { type: "dense", units: 16 },
        { type: "relu" },
        { type: "dense", units: 10 },
      ],
    },
    optimizer: { type: "sgd", learningRate: 0.1 },
    training: { epochs: 1, batchSize: 50 },
  };
  writeFileSync(file, JSON.stringify(experiment)); // which is YAML, too
  const { spec } = (await loadExperiment(file)).trials[0]!;
  const runtime = new TrainingRuntime(createWasmBackend());
  const dataset = await runtime.useDataset(spec.dataset, { dataFolder: scratch });
  const { training, images, test } = splitDataset(dataset, spec.dataset, 0);
  const accuracyOf = async (weightSeed: number, orderSeed: number): Promise<number> => {
    const release = runtime.backend.mark();
    const network = await buildNetwork(spec, {
      backend: runtime.backend,
      inputShape: dataset.exampleShape,
      classes: dataset.classes,
      batchSize: EVALUATION_BATCH_SIZE,
      rng: createRng(weightSeed).fork("model"),
      experimentFolder: scratch,
    });
    const rng = createRng(orderSeed).fork("shuffle");
    await train(network, { ...spec.training, spec, split: training, images, rng }, silent);
    const { accuracy } = await test.evaluate(network, silent.yielder);
    release();
    return accuracy;
  };
  const [a, b]: [number[], number[]] = [[], []];
  for (let pair = firstSeed; pair < firstSeed + count; pair++) {
    a.push(await accuracyOf(pair, 2 * pair));
    b.push(await accuracyOf(pair, 2 * pair + 1));
  }
  return { a, b };
}

function report({ a, b }: Accuracies): void {
  const all = summarize([...a, ...b]);
  const deviation = all.deviation!;
  const correlation = rankCorrelation(a, b)!;
  const skewness = summarize([...a, ...b].map((value) => ((value - all.mean) / deviation) ** 3)).mean;
  console.log(
    `${all.count} networks: test accuracy ${all.mean.toFixed(4)}, standard deviation ${deviation.toFixed(4)}, ` +
      `skewness ${skewness.toFixed(2)}, rank correlation of pairs ${correlation.toFixed(3)}`,
  );

  const [pairsA, pairsB] = [inGroups(a, GROUP), inGroups(b, GROUP)];
  // The groups of b, shifted by one, so that no seed is common.
  const othersB = [...pairsB.slice(1), pairsB[0]!];
  const isSignificant = (pValue: number | undefined): boolean => pValue! < SIGNIFICANCE;
  console.log(`\nequal configurations, ${GROUP} seeds: p < 0.05 (95 % of binomial counts)`);
  line(
    "paired test",
    pairsA.map((values, group) => isSignificant(comparePaired(values, pairsB[group]!).pValue)),
    SIGNIFICANCE,
  );
  line(
    "Welch's test",
    pairsA.map((values, group) => isSignificant(compareWelch(values, othersB[group]!).pValue)),
    SIGNIFICANCE,
  );

  console.log(`\nthe 95 % interval of the mean of ${GROUP} seeds contains the mean of all networks`);
  const contains = (values: readonly number[]): boolean => {
    const { lower, upper } = summarize(values).interval!;
    return lower <= all.mean && all.mean <= upper;
  };
  line("interval", pairsA.map(contains), 1 - SIGNIFICANCE);

  const seeds = 2 * GROUP;
  const [manyA, manyB] = [inGroups(a, seeds), inGroups(b, seeds)];
  const othersManyB = [...manyB.slice(1), manyB[0]!];
  const ofDifferences = summarize(a.map((value, pair) => value - b[pair]!)).deviation!;
  const better = (values: readonly number[], by: number): number[] => values.map((value) => value + by);
  console.log(`\na true difference, ${seeds} seeds: p < 0.05 (theory)`);
  for (const difference of [ofDifferences, deviation])
    line(
      `paired test, ${difference.toFixed(4)}`,
      manyA.map((values, group) =>
        isSignificant(comparePaired(better(values, difference), manyB[group]!).pValue),
      ),
      computePower({ difference, deviation: ofDifferences, seeds, paired: true }),
    );
  line(
    `Welch's test, ${deviation.toFixed(4)}`,
    manyA.map((values, group) =>
      isSignificant(compareWelch(better(values, deviation), othersManyB[group]!).pValue),
    ),
    computePower({ difference: deviation, deviation, seeds, paired: false }),
  );
}

function inGroups(values: readonly number[], size: number): number[][] {
  const complete = Math.floor(values.length / size);
  return Array.from({ length: complete }, (_, group) => values.slice(group * size, (group + 1) * size));
}

/** Prints how many outcomes are true, and how many this probability predicts. */
function line(name: string, outcomes: readonly boolean[], probability: number): void {
  const count = outcomes.filter(Boolean).length;
  const [min, max] = binomialBounds(outcomes.length, probability);
  const percent = (part: number): string => `${((100 * part) / outcomes.length).toFixed(1)} %`;
  const verdict = count >= min && count <= max ? "within" : "OUTSIDE";
  console.log(
    `  ${name.padEnd(20)} ${count} of ${outcomes.length}, ${percent(count)}; expected ` +
      `${(100 * probability).toFixed(1)} %, ${verdict} ${percent(min)} to ${percent(max)}`,
  );
}

/** The counts between which a binomial number is in 95 % of cases: at most 2.5 % are below, and above. */
function binomialBounds(trials: number, probability: number): [number, number] {
  const probabilities: number[] = [];
  let logProbability = trials * Math.log1p(-probability);
  for (let count = 0; count <= trials; count++) {
    probabilities.push(Math.exp(logProbability));
    logProbability += Math.log(((trials - count) / (count + 1)) * (probability / (1 - probability)));
  }
  const quantile = (share: number): number => {
    let sum = 0;
    return probabilities.findIndex((each) => (sum += each) > share);
  };
  return [quantile(0.025), quantile(0.975)];
}
