import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeTrialEvents } from "@nn/formats";
import type { TrialRecord } from "@nn/results";
import { expect, onTestFinished, test } from "vitest";

import { TensorboardLogger } from "./tensorboard-logger.ts";

const parameters = { "optimizer.learningRate": 0.1 };

function record(epochs: number, changes: Partial<TrialRecord> = {}): TrialRecord {
  const history = Array.from({ length: epochs }, (_, index) => ({
    epoch: index + 1,
    train: { loss: 1 / (index + 1), accuracy: 0.5 },
    seconds: 1,
    imagesPerSecond: 1,
  }));
  return { trial: 7, status: "running", seed: 1, parameters, worker: 1, history, epochs, ...changes };
}

function run() {
  const path = mkdtempSync(join(tmpdir(), "nn-tensorboard-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const records = new Map<number, TrialRecord>();
  const logger = new TensorboardLogger({ path, records }, () => 1000);
  const read = () => {
    const folder = join(path, "tensorboard/7");
    const names = readdirSync(folder);
    expect(names).toEqual(["events.out.tfevents.1000.7"]);
    return readFileSync(join(folder, names[0]!));
  };
  return { path, records, logger, read };
}

/** The file of a trial whose events all happened at second 1000. */
function expected(epochs: number, end?: { readonly completed: boolean }): Uint8Array {
  const wallTime = 1000;
  return encodeTrialEvents({
    start: { wallTime, parameters },
    epochs: record(epochs).history.map(({ epoch, train }) => ({ epoch, wallTime, train })),
    ...(end && { end: { epoch: epochs, wallTime, test: { loss: 2, accuracy: 0.25 }, ...end } }),
  });
}

test("a file grows with the epochs of its trial, and ends with it once", () => {
  const { records, logger, read } = run();
  logger.update(7);
  records.set(7, record(1));
  logger.update(7);
  expect(read()).toEqual(Buffer.from(expected(1)));
  records.set(7, record(3));
  logger.update(7);
  const ended = record(3, { status: "completed", test: { loss: 2, accuracy: 0.25 } });
  records.set(7, ended);
  logger.update(7);
  logger.updateAll();
  expect(read()).toEqual(Buffer.from(expected(3, { completed: true })));
});

test("after a retry from an earlier epoch, the file begins anew", () => {
  const { records, logger, read } = run();
  records.set(7, record(5));
  logger.update(7);
  records.set(7, record(2));
  logger.update(7);
  expect(read()).toEqual(Buffer.from(expected(2)));
});

test("another process writes the file of a trial anew, so no epoch is in it twice", () => {
  const { path, records, logger, read } = run();
  records.set(7, record(2));
  logger.update(7);
  records.set(7, record(3));
  new TensorboardLogger({ path, records }, () => 1000).updateAll();
  expect(read()).toEqual(Buffer.from(expected(3)));
});

test("the end of a trial is added to its file if the process was killed before it wrote the end", () => {
  const { path, records, logger, read } = run();
  records.set(7, record(2));
  logger.update(7);
  records.set(7, record(3, { status: "completed", test: { loss: 2, accuracy: 0.25 } }));
  new TensorboardLogger({ path, records }, () => 1000).addMissing();
  expect(read()).toEqual(Buffer.from(expected(3, { completed: true })));
  // A file with all events keeps its times.
  new TensorboardLogger({ path, records }, () => 2000).addMissing();
  expect(read()).toEqual(Buffer.from(expected(3, { completed: true })));
});

test("the files of a trial that is not in the run are deleted, and other files stay", () => {
  const { path, records, logger, read } = run();
  records.set(7, record(2));
  logger.update(7);
  const folder = join(path, "tensorboard");
  mkdirSync(join(folder, "8"));
  writeFileSync(join(folder, "notes.txt"), "mine");
  logger.deleteOthers();
  expect(readdirSync(folder).sort()).toEqual(["7", "notes.txt"]);
  expect(read()).toEqual(Buffer.from(expected(2)));
});
