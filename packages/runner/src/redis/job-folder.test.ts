import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CHECKPOINT_FILE } from "@nn/training";
import { ResumableTrials } from "@nn/training/testing/resumed-training";
import { expect, onTestFinished, test } from "vitest";

import { deleteCheckpoint } from "../delete-checkpoint.ts";
import { WorkerCrash } from "../processes/worker-process.ts";
import { isLaterCheckpoint, readJobCheckpoint, writeCheckpointTo, writeFiles } from "./job-folder.ts";

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-job-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Trains until this number of checkpoints. Returns the last one, and its place. */
async function trainTo(checkpoints: number, seed = 1) {
  const trials = ResumableTrials.forTest();
  const { written } = await trials.train("a", {}, { killedAfter: checkpoints, seed });
  return { bytes: readFileSync(trials.checkpoint("a")), place: written.at(-1) };
}

test("a checkpoint is later if it has more epochs, or more images of the same epoch", async () => {
  const [first, second, next] = [await trainTo(1), await trainTo(2), await trainTo(7)];
  expect([first.place, second.place, next.place]).toEqual(["0+7", "0+14", "1+7"]);
  const all = [first, second, next].map(({ bytes }) => bytes);
  expect(all.map((one) => all.map((other) => isLaterCheckpoint(one, other)))).toEqual([
    [false, false, false],
    [true, false, false],
    // More epochs count, although the second checkpoint has more images of its epoch.
    [true, true, false],
  ]);
});

test("a checkpoint of another training is not later", async () => {
  const [own, other] = [await trainTo(2), await trainTo(1, 2)];
  expect(isLaterCheckpoint(own.bytes, other.bytes)).toBe(false);
});

test("a valid checkpoint is later than none and than invalid bytes, and these never are later", async () => {
  const { bytes } = await trainTo(1);
  const damaged = Uint8Array.from(bytes);
  damaged[damaged.length - 1]! ^= 1;
  for (const invalid of [damaged, bytes.subarray(0, 20), new Uint8Array()]) {
    expect(isLaterCheckpoint(bytes, invalid)).toBe(true);
    expect(isLaterCheckpoint(invalid, bytes)).toBe(false);
    expect(isLaterCheckpoint(invalid, undefined)).toBe(false);
  }
  expect(isLaterCheckpoint(bytes, undefined)).toBe(true);
});

test("a checkpoint is written, read and deleted", () => {
  const folder = createFolder();
  expect(readJobCheckpoint(folder)).toBeUndefined();
  writeCheckpointTo(folder, Buffer.from("bytes"));
  expect(readdirSync(folder)).toEqual([CHECKPOINT_FILE]);
  expect(readJobCheckpoint(folder)).toEqual(Buffer.from("bytes"));
  deleteCheckpoint(folder);
  expect(readJobCheckpoint(folder)).toBeUndefined();
  deleteCheckpoint(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test("the files of a trial are written", async () => {
  const folder = createFolder();
  const files = { [CHECKPOINT_FILE]: "checkpoint", "model.safetensors": "model", "confusion-2.csv": "1,2" };
  const bytes = Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const);
  await writeFiles(folder, Object.fromEntries(bytes));
  expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) {
    expect(readFileSync(join(folder, name), "utf8")).toBe(text);
  }
});

test("an earlier checkpoint is deleted if the worker sends none", async () => {
  const folder = createFolder();
  writeFileSync(join(folder, CHECKPOINT_FILE), "earlier");
  await writeFiles(folder, { "a.csv": Buffer.from("1") });
  expect(readdirSync(folder)).toEqual(["a.csv"]);
});

test.each([
  "../a.csv",
  "a/b.csv",
  "a\\b.csv",
  ".csv",
  "-a.csv",
  "A.csv",
  "a.CSV",
  "a_b.csv",
  "a.csv.js",
  "a.js",
  "a-csv",
  "a.csv\n",
  "\na.csv",
  "a.b.csv",
  "",
])("the file name %j is refused, and no file is written", async (name) => {
  const folder = createFolder();
  writeFileSync(join(folder, CHECKPOINT_FILE), "earlier");
  const refused = writeFiles(folder, { "a.csv": Buffer.from("1"), [name]: Buffer.from("2") });
  await expect(refused).rejects.toThrow(
    new WorkerCrash(`a worker sent the file "${name}", which no trial produces`),
  );
  expect(readdirSync(folder)).toEqual([CHECKPOINT_FILE]);
});
