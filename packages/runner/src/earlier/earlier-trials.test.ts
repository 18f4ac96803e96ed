import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { DatasetRecord, JournalEvent } from "@nn/results";
import { expect, onTestFinished, test } from "vitest";

import { EarlierTrials, hasEarlierRuns } from "./earlier-trials.ts";

const data: DatasetRecord = { name: "mnist", source: "a folder", sha256: "ab12" };
const fingerprint = "0123456789ab";

/** The run `fingerprint` and the other runs of an experiment, each with its journal. */
function createRuns(runs: Readonly<Record<string, readonly object[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-earlier-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [run, events] of Object.entries(runs)) {
    mkdirSync(join(folder, run));
    const begin = { event: "run", format: 1, fingerprint: run, name: "small" };
    const lines = [begin, ...events].map((event) => `${JSON.stringify(event)}\n`);
    writeFileSync(join(folder, run, "journal.jsonl"), lines.join(""));
  }
  return folder;
}

interface TrialOptions {
  readonly epochs?: number;
  readonly planned?: number;
  readonly status?: string;
}

/** The events of trial 1. Without `status`, it has not ended. */
function trial({ epochs = 2, planned = 2, status }: TrialOptions = {}): readonly object[] {
  const metrics = { loss: 1, accuracy: 0.5 };
  const start = { event: "trial-started", trial: 1, seed: 1, parameters: {}, worker: 1 };
  const epoch = { event: "epoch", trial: 1, train: metrics, seconds: 1, imagesPerSecond: 1 };
  const end = { event: "trial-ended", trial: 1, status, epochs, seconds: 1 };
  return [
    { ...start, training: "t", planned },
    ...Array.from({ length: epochs }, (_, index) => ({ ...epoch, epoch: index + 1 })),
    ...(status === undefined ? [] : [end]),
  ];
}

const recorded = { event: "data", ...data } satisfies JournalEvent;
const same = { training: "t", planned: 2 };
const completed = trial({ status: "completed" });

/** Returns the runs of the trials that are the same as the one of the current run. */
function findSame(folder: string, ...current: readonly DatasetRecord[]): string[] {
  return EarlierTrials.in({ folder, fingerprint, data: current.length === 0 ? [data] : current })
    .same(same)
    .map(({ run }) => run);
}

test("a trial of another run on the same data is found, and none of the current run", () => {
  const folder = createRuns({
    [fingerprint]: [recorded, ...completed],
    aaaaaaaaaaaa: [recorded, ...completed],
    notes: [recorded, ...completed],
  });
  expect(findSame(folder)).toEqual(["aaaaaaaaaaaa"]);
  expect(hasEarlierRuns(folder, fingerprint)).toBe(true);
  expect(hasEarlierRuns(createRuns({ [fingerprint]: [] }), fingerprint)).toBe(false);
  expect(hasEarlierRuns(join(folder, "none"), fingerprint)).toBe(false);
});

test("no trial of a run with changed data, or without a record of its data, is found", () => {
  const changed = { ...recorded, sha256: "cd34" };
  const folder = createRuns({
    aaaaaaaaaaaa: [changed, ...completed],
    bbbbbbbbbbbb: completed,
    cccccccccccc: [recorded, { ...changed, name: "other" }, ...completed],
  });
  expect(findSame(folder)).toEqual(["cccccccccccc"]);
});

test("no trial of a run whose classes have other names is found", () => {
  const folder = createRuns({
    aaaaaaaaaaaa: [{ ...recorded, classes: ["ant", "bee"] }, ...completed],
    bbbbbbbbbbbb: [{ ...recorded, classes: ["cow", "dog"] }, ...completed],
  });
  expect(findSame(folder, { ...data, classes: ["cow", "dog"] })).toEqual(["bbbbbbbbbbbb"]);
});

test("a run that recorded the data set without its options is compared by the content", () => {
  const plain = { ...data, name: "csv ./a.csv" };
  const folder = createRuns({
    aaaaaaaaaaaa: [{ event: "data", ...plain }, ...completed],
    bbbbbbbbbbbb: [{ event: "data", ...plain, sha256: "cd34" }, ...completed],
  });
  const labeled = { ...plain, name: "csv ./a.csv (label: last)" };
  expect(findSame(folder, labeled)).toEqual(["aaaaaaaaaaaa"]);
  // If both readings are in use, the record is that of the other one.
  expect(findSame(folder, { ...labeled, sha256: "ef56" }, plain)).toEqual(["aaaaaaaaaaaa"]);
});

test("a run whose journal cannot be read is skipped", () => {
  const folder = createRuns({ aaaaaaaaaaaa: [recorded, ...completed], bbbbbbbbbbbb: [] });
  writeFileSync(join(folder, "bbbbbbbbbbbb/journal.jsonl"), "{}\n{}\n");
  mkdirSync(join(folder, "cccccccccccc"));
  expect(findSame(folder)).toEqual(["aaaaaaaaaaaa"]);
});

test("ended trials come first, then those with more epochs", () => {
  const folder = createRuns({
    aaaaaaaaaaaa: [recorded, ...trial({ epochs: 1 })],
    bbbbbbbbbbbb: [recorded, ...trial({ epochs: 2 })],
    cccccccccccc: [recorded, ...trial({ epochs: 1, status: "diverged" })],
    dddddddddddd: [recorded, ...completed],
    eeeeeeeeeeee: [recorded, ...trial({ planned: 3 })],
  });
  expect(findSame(folder)).toEqual(["dddddddddddd", "cccccccccccc", "bbbbbbbbbbbb", "aaaaaaaaaaaa"]);
});

test("the shorter trials are completed ones with fewer planned epochs, the longest first", () => {
  const folder = createRuns({
    aaaaaaaaaaaa: [recorded, ...trial({ epochs: 1, planned: 1, status: "completed" })],
    bbbbbbbbbbbb: [recorded, ...completed],
    cccccccccccc: [recorded, ...trial({ epochs: 1, status: "diverged" })],
    dddddddddddd: [recorded, ...trial({ epochs: 3, planned: 3, status: "completed" })],
  });
  const earlier = EarlierTrials.in({ folder, fingerprint, data: [data] });
  const shorter = (planned: number) => earlier.shorter({ training: "t", planned }).map(({ run }) => run);
  expect(shorter(3)).toEqual(["bbbbbbbbbbbb", "aaaaaaaaaaaa"]);
  expect(shorter(2)).toEqual(["aaaaaaaaaaaa"]);
  expect(earlier.shorter({ training: "u", planned: 3 })).toEqual([]);
});

test("a trial with a gap in its epochs, or without its last epoch, is not found", () => {
  const [start, first, second, end] = completed;
  const folder = createRuns({
    aaaaaaaaaaaa: [recorded, start!, second!, end!],
    bbbbbbbbbbbb: [recorded, start!, first!, end!],
  });
  expect(findSame(folder)).toEqual([]);
});
