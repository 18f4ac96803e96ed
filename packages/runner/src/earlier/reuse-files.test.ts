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

import { openRunDirectory, type JournalEvent, type RunDirectory } from "@nn/results";
import { CHECKPOINT_FILE, TEST_TABLES } from "@nn/training";
import { expect, onTestFinished, test } from "vitest";

import type { EarlierTrial } from "./earlier-trials.ts";
import { reuseTrials } from "./reuse-trials.ts";

// The files of a trial whose results are reused, next to those of an earlier attempt in the same run.

const metrics = { loss: 1, accuracy: 0.5 };
const started = { event: "trial-started", trial: 1, seed: 1, parameters: {}, worker: 1 } as const;
const epoch = { event: "epoch", trial: 1, epoch: 1, train: metrics, seconds: 1, imagesPerSecond: 1 } as const;
const ended = { event: "trial-ended", trial: 1, status: "completed", epochs: 1, seconds: 1 } as const;
const record = { trial: 1, seed: 1, parameters: {}, worker: 1, history: [], epochs: 1 } as const;

/** A run whose trial 1 has the file "stale", and an earlier trial whose tables contain their own names. */
function prepare(): { readonly directory: RunDirectory; readonly from: EarlierTrial; readonly own: string } {
  const root = mkdtempSync(join(tmpdir(), "nn-reuse-"));
  const directory = openRunDirectory({
    folder: join(root, "toy"),
    fingerprint: "0123456789ab",
    name: "toy",
    sweptPaths: [],
    files: { "experiment.yaml": "", "environment.json": "{}" },
  });
  onTestFinished(() => {
    directory.close();
    rmSync(root, { recursive: true });
  });
  const own = directory.trialFolder(1);
  writeFileSync(join(own, "stale"), "");
  const path = join(root, "toy", "aaaaaaaaaaaa");
  const folder = join(path, "trials", "1");
  mkdirSync(folder, { recursive: true });
  for (const name of TEST_TABLES) writeFileSync(join(folder, name), name);
  const identity = { training: "t", planned: 1 };
  const from = {
    run: "aaaaaaaaaaaa",
    path,
    folder,
    record: { ...record, ...identity, status: "completed" },
  } as const;
  return { directory, from, own };
}

function reuse(directory: RunDirectory, from: EarlierTrial, ...events: readonly JournalEvent[]) {
  const plan = { steps: [{ trial: 1, from, events }], trials: [], runs: [], records: new Map() };
  return reuseTrials(plan, directory, []);
}

test("a reused trial replaces the files of an earlier attempt", async () => {
  const { directory, from, own } = prepare();
  await reuse(directory, from, started, epoch, ended);
  expect(readdirSync(own).sort()).toEqual([...TEST_TABLES].sort());
  for (const name of TEST_TABLES) expect(readFileSync(join(own, name), "utf8")).toBe(name);
});

test("a reused part of a trial leaves the files of the trial", async () => {
  const { directory, from, own } = prepare();
  writeFileSync(join(own, CHECKPOINT_FILE), "");
  await reuse(directory, from, started, epoch);
  expect(readdirSync(own).sort()).toEqual([CHECKPOINT_FILE, "stale"]);
  expect(existsSync(join(own, TEST_TABLES[0]!))).toBe(false);
});
