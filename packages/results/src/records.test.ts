import { expect, test } from "vitest";
import type { EpochEvent, JournalEvent, TrialEndedEvent, TrialStartedEvent } from "./events.ts";
import { collectTrialRecords } from "./records.ts";

const run: JournalEvent = { event: "run", format: 1, fingerprint: "abc", name: "x" };
const started = (trial: number, worker = 1): TrialStartedEvent => ({
  event: "trial-started",
  trial,
  seed: trial,
  parameters: {},
  worker,
});
const epoch = (trial: number, number: number, loss = 1): EpochEvent => ({
  event: "epoch",
  trial,
  epoch: number,
  train: { loss, accuracy: 0.5 },
  seconds: 1,
  imagesPerSecond: 100,
});
const ended = (trial: number, status: TrialEndedEvent["status"], epochs: number): TrialEndedEvent => ({
  event: "trial-ended",
  trial,
  status,
  epochs,
  seconds: 5,
});

test("a trial without an end is running, with its epochs so far", () => {
  const records = collectTrialRecords([run, started(1), started(2), epoch(2, 1), epoch(1, 1), epoch(2, 2)]);
  expect(records.get(2)).toMatchObject({ status: "running", epochs: 2 });
  expect(records.get(2)?.history.map((entry) => entry.epoch)).toEqual([1, 2]);
  expect(records.get(1)?.history).toHaveLength(1);
  expect(collectTrialRecords([run, started(1)]).get(1)).toMatchObject({ status: "running", epochs: 0 });
});

test("a trial that starts over drops the records of its earlier attempt, killed or failed", () => {
  const afterKill = [started(1), epoch(1, 1, 7), epoch(1, 2, 7)];
  const afterFailure = [...afterKill, { ...ended(1, "failed", 2), reason: "out of memory" }];
  const again = [started(1, 2), epoch(1, 1, 3), ended(1, "completed", 1)];
  const fresh = collectTrialRecords([run, ...again]);
  expect(fresh.get(1)).toMatchObject({ status: "completed", worker: 2, epochs: 1 });
  expect(collectTrialRecords([run, ...afterKill, ...again])).toEqual(fresh);
  expect(collectTrialRecords([run, ...afterFailure, ...again])).toEqual(fresh);
});

test("a trial that resumes from a checkpoint keeps the epochs up to it, and continues with the next", () => {
  const before = [run, started(1), epoch(1, 1), epoch(1, 2), epoch(1, 3)];
  const resumed = collectTrialRecords([...before, { ...started(1), after: 2 }]);
  expect(resumed.get(1)).toMatchObject({ status: "running", epochs: 2 });
  expect(resumed.get(1)?.history.map((entry) => entry.epoch)).toEqual([1, 2]);
  const ending = [epoch(1, 3), ended(1, "completed", 3)];
  expect(collectTrialRecords([...before, { ...started(1), after: 2 }, ...ending]).get(1)).toMatchObject({
    epochs: 3,
  });
});

test("a trial may be pruned at or before its last epoch, and may fail after any number", () => {
  const two = [run, started(1), epoch(1, 1), epoch(1, 2)];
  for (const epochs of [1, 2])
    expect(collectTrialRecords([...two, ended(1, "pruned", epochs)]).get(1)).toMatchObject({
      status: "pruned",
      epochs,
    });
  for (const epochs of [1, 3])
    expect(collectTrialRecords([...two, ended(1, "failed", epochs)]).get(1)).toMatchObject({
      status: "failed",
      epochs,
    });
});

test("a trial that continues one without a recorded end may start after any epoch", () => {
  const child = { ...started(2), parent: 1 };
  for (const parent of [[], [started(1), epoch(1, 1)]]) {
    const records = collectTrialRecords([
      run,
      ...parent,
      child,
      epoch(2, 5),
      epoch(2, 6),
      ended(2, "completed", 6),
    ]);
    expect(records.get(2)?.history.map((entry) => entry.epoch)).toEqual([5, 6]);
    expect(collectTrialRecords([run, ...parent, child, ended(2, "completed", 5)]).get(2)).toMatchObject({
      epochs: 5,
    });
  }
});

test("the end of a sweep drops the records of later trials, and the last end is valid", () => {
  const all = [1, 2, 3].flatMap((trial) => [started(trial), epoch(trial, 1), ended(trial, "completed", 1)]);
  const end = (after: number): JournalEvent => ({ event: "sweep-ended", after, reason: "enough" });
  expect([...collectTrialRecords([run, ...all, end(2)]).keys()]).toEqual([1, 2]);
  expect([...collectTrialRecords([run, ...all, end(2), end(1)]).keys()]).toEqual([1]);
});

test("a trial that continues the network of another starts after its epochs", () => {
  const parent = [run, started(1), epoch(1, 1), epoch(1, 2), ended(1, "completed", 2)];
  const child = { ...started(2), parent: 1 };
  const records = collectTrialRecords([...parent, child, epoch(2, 3), ended(2, "completed", 3)]);
  expect(records.get(2)?.history.map((entry) => entry.epoch)).toEqual([3]);
  expect(() => collectTrialRecords([...parent, child, epoch(2, 1)])).toThrow(
    "epoch 1 of trial 2 comes after epoch 2",
  );
  expect(() => collectTrialRecords([...parent, child, epoch(2, 4)])).toThrow(
    "epoch 4 of trial 2 comes after epoch 2",
  );
});

test.for([
  [
    "an epoch of a trial that has not started",
    [run, epoch(3, 1)],
    `"epoch" of trial 3, which has not started`,
    1,
  ],
  [
    "an epoch after the end",
    [run, started(1), ended(1, "completed", 0), epoch(1, 1)],
    `"epoch" of trial 1, which has ended (completed)`,
    3,
  ],
  [
    "an epoch twice",
    [run, started(1), epoch(1, 1), epoch(1, 1)],
    "epoch 1 of trial 1 comes after epoch 1",
    3,
  ],
  [
    "an epoch that does not follow the one before",
    [run, started(1), epoch(1, 1), epoch(1, 3)],
    "epoch 3 of trial 1 comes after epoch 1",
    3,
  ],
  ["a first epoch that is not 1", [run, started(1), epoch(1, 2)], "epoch 2 of trial 1 comes first", 2],
  [
    "a completed trial whose last epochs are missing",
    [run, started(1), epoch(1, 1), ended(1, "completed", 2)],
    "trial 1 is completed after 2 epochs, of which 1 are recorded",
    3,
  ],
  [
    "a trial that is pruned after an epoch that it has not reached",
    [run, started(1), epoch(1, 1), ended(1, "pruned", 3)],
    "trial 1 is pruned after 3 epochs, of which 1 are recorded",
    3,
  ],
  [
    "an end twice",
    [run, started(1), ended(1, "failed", 0), ended(1, "failed", 0)],
    "which has ended (failed)",
    3,
  ],
  ["a second run event", [run, run], `expected "run" only as the first event of a journal`, 1],
] satisfies [string, JournalEvent[], string, number][])(
  "%s is out of order",
  ([, events, message, index]) => {
    expect(() => collectTrialRecords(events)).toThrow(message);
    expect(() => collectTrialRecords(events)).toThrow(expect.objectContaining({ index }));
  },
);
