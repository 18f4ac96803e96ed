import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { builtInCatalogs, type Experiment, type KeepSpec } from "@nn/experiment";
import { createSingleTrialExperiment, createSweepExperiment } from "@nn/experiment/testing/toy-experiment";
import { planModel } from "@nn/layers";
import type { TrialRecord } from "@nn/results";
import { NETWORK_FILE } from "@nn/training";
import { expect, onTestFinished, test } from "vitest";

import { createBestExperiment } from "./best-experiment.ts";
import { finishRun } from "./finish-run.ts";

const info = { exampleShape: [2, 2, 1], classes: 3, trainingCount: 40, testCount: 10 };
const forecastInputOf = () => ({ plan: planModel([], info.exampleShape), info });

/** The later a trial, the better. */
function recordOf(trial: number, status: TrialRecord["status"] = "completed"): TrialRecord {
  const validation = { loss: 1, accuracy: trial / 10 };
  return { trial, status, seed: 1, parameters: {}, worker: 1, history: [], epochs: 1, validation };
}

interface Run {
  readonly experiment: Experiment;
  readonly statuses?: readonly TrialRecord["status"][];
  /** The trials that have a network. */
  readonly networks?: readonly number[];
  /** The files in the folder of the run. */
  readonly files?: readonly string[];
}

async function finish({ experiment, statuses, networks = [], files = [] }: Run) {
  const path = mkdtempSync(join(tmpdir(), "nn-finish-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  for (const file of [...files, ...networks.map((trial) => `trials/${trial}/${NETWORK_FILE}`)]) {
    mkdirSync(join(path, file, ".."), { recursive: true });
    writeFileSync(join(path, file), "old");
  }
  const { trials } = experiment;
  const records = new Map(trials.map(({ number }, index) => [number, recordOf(number, statuses?.[index])]));
  const directory = { path, records, data: new Map() };
  const result = await finishRun(
    { experiment, directory, forecastInputOf, catalogs: builtInCatalogs },
    trials,
  );
  return { path, records, result };
}

const keeping = (networks: KeepSpec["networks"]): KeepSpec => ({ networks, outputs: 0, checkpoints: 0 });
const sweep = createSweepExperiment([0.1, 0.2, 0.3]);
/** Three configurations with two trials each. */
const repeated = createSweepExperiment([0.1, 0.2, 0.3], 2);

test("networks that are not kept are deleted and counted, and each kept one has a model card", async () => {
  const { path, result } = await finish({
    experiment: { ...sweep, keep: keeping(1) },
    networks: [1, 2, 3],
  });
  expect(result).toEqual({ best: sweep.trials[2]!.spec, deleted: 2, missing: { networks: 0, outputs: 0 } });
  const filesOf = (trial: number) => readdirSync(join(path, "trials", `${trial}`)).sort();
  expect([1, 2, 3].map(filesOf)).toEqual([[], [], ["model-card.md", NETWORK_FILE]]);
});

test.each<[keep: KeepSpec["networks"], networks: readonly number[], missing: number]>([
  // The best configuration has the trials 5 and 6, the next one 3 and 4.
  [1, [6], 1],
  [1, [5, 6], 0],
  [1, [1, 2, 3, 4], 2],
  [2, [5, 6], 2],
  ["all", [5, 6], 4],
  [0, [], 0],
])("with keep.networks %s and the networks of %j, %i are missing", async (keep, networks, missing) => {
  const { result } = await finish({ experiment: { ...repeated, keep: keeping(keep) }, networks });
  expect(result.missing).toEqual({ networks: missing, outputs: 0 });
});

test("outputs that are not there are counted apart from networks", async () => {
  const keep = { networks: 0, outputs: 2, checkpoints: 0 };
  const { result } = await finish({ experiment: { ...sweep, keep }, networks: [] });
  expect(result.missing).toEqual({ networks: 0, outputs: 2 });
});

test("only a completed trial can lack its network", async () => {
  const statuses = ["diverged", "failed", "completed", "running", "pruned", "completed"] as const;
  const { result } = await finish({ experiment: { ...repeated, keep: keeping("all") }, statuses });
  expect(result).toMatchObject({ deleted: 0, missing: { networks: 2, outputs: 0 } });
});

test("best.yaml contains the best configuration of the sweep", async () => {
  const { path, records } = await finish({ experiment: sweep, files: ["best.yaml"] });
  expect(readFileSync(join(path, "best.yaml"), "utf8")).toBe(
    createBestExperiment(sweep, sweep.trials, records, path)?.text,
  );
});

test("best.yaml is deleted if there is no best configuration, and no other file", async () => {
  const { path, result } = await finish({
    experiment: createSingleTrialExperiment(),
    networks: [1],
    files: ["best.yaml", "results.csv"],
  });
  expect(result.best).toBeUndefined();
  expect(readdirSync(path).sort()).toEqual(["results.csv", "trials"]);
});

test("with a logger, missing event files are written, and those of trials without a record are deleted", async () => {
  const { path } = await finish({
    experiment: { ...sweep, loggers: [{ type: "tensorboard" }] },
    files: ["tensorboard/2/events", "tensorboard/9/events"],
  });
  expect(readdirSync(join(path, "tensorboard")).sort()).toEqual(["1", "2", "3"]);
});

test("without a logger, event files are neither written nor deleted", async () => {
  const { path } = await finish({ experiment: sweep, files: ["tensorboard/9/events"] });
  expect(readdirSync(join(path, "tensorboard"))).toEqual(["9"]);
  expect(existsSync(join((await finish({ experiment: sweep })).path, "tensorboard"))).toBe(false);
});
