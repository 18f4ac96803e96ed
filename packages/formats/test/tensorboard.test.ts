import { createHash } from "node:crypto";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import {
  encodeTrialEvents,
  encodeEndEvents,
  encodeEpochEvents,
  createEventFileName,
  encodeStartEvents,
  type TensorboardTrial,
} from "../src/index.ts";

// Google's protobuf library (Debian: python3-protobuf), with the schema that TensorBoard publishes.
const python = ["python3", "/usr/bin/python3"].find(
  (name) => spawnSync(name, ["-c", "import google.protobuf"]).status === 0,
);

const trial: TensorboardTrial = {
  start: {
    wallTime: 1_700_000_000.25,
    parameters: {
      "optimizer.learningRate": 0.1,
      "model.layers[1].units": 128,
      "training.shuffle": true,
      optimizer: { type: "adam", learningRate: 0.5 },
      schedule: "cosine",
      augment: null,
    },
  },
  epochs: [
    {
      epoch: 1,
      wallTime: 1_700_000_010.5,
      train: { loss: 2.25, accuracy: 0.5 },
      validation: { loss: 1.5, accuracy: 0.75 },
    },
    { epoch: 300, wallTime: 1_700_000_020.5, train: { loss: Number.NaN, accuracy: 0.1 } },
  ],
  end: { epoch: 300, wallTime: 1_700_000_030, test: { loss: 0.125, accuracy: 0.875 }, completed: true },
};

/** Returns the events that Python reads from a file of these bytes. */
function readEvents(bytes: Uint8Array): unknown[] {
  const folder = mkdtempSync(join(tmpdir(), "nn-tensorboard-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, createEventFileName(1_700_000_000.25, "trial-1"));
  writeFileSync(file, bytes);
  const printed = execFileSync(python!, [join(import.meta.dirname, "read_events.py"), file], {
    encoding: "utf8",
  });
  return printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line.replaceAll("NaN", "null")));
}

describe.skipIf(python === undefined)("Python reads from the event file", () => {
  test("the version, hyperparameters, scalars by epoch, and the end of a trial", () => {
    expect(readEvents(encodeTrialEvents(trial))).toEqual([
      { wallTime: 1_700_000_000.25, step: 0, version: "brain.Event:2" },
      {
        wallTime: 1_700_000_000.25,
        step: 0,
        "_hparams_/session_start_info": [
          "hparams",
          {
            sessionStartInfo: {
              hparams: [
                { key: "optimizer.learningRate", value: 0.1 },
                { key: "model.layers[1].units", value: 128 },
                { key: "training.shuffle", value: true },
                { key: "optimizer", value: '{"learningRate":0.5,"type":"adam"}' },
                { key: "schedule", value: "cosine" },
                { key: "augment", value: "null" },
              ],
              groupName: expect.stringContaining('"optimizer.learningRate":0.1'),
              startTimeSecs: 1_700_000_000.25,
            },
          },
        ],
      },
      {
        wallTime: 1_700_000_010.5,
        step: 1,
        "train/loss": 2.25,
        "train/accuracy": 0.5,
        "validation/loss": 1.5,
        "validation/accuracy": 0.75,
      },
      { wallTime: 1_700_000_020.5, step: 300, "train/loss": null, "train/accuracy": expect.closeTo(0.1, 7) },
      { wallTime: 1_700_000_030, step: 300, "test/loss": 0.125, "test/accuracy": 0.875 },
      {
        wallTime: 1_700_000_030,
        step: 0,
        "_hparams_/session_end_info": [
          "hparams",
          { sessionEndInfo: { status: 1, endTimeSecs: 1_700_000_030 } },
        ],
      },
    ]);
  });

  test("no hyperparameters without a sweep, and a failure if the trial was not completed", () => {
    const events = readEvents(
      encodeTrialEvents({
        start: { wallTime: 5, parameters: {} },
        epochs: [],
        end: { epoch: 0, wallTime: 6, completed: false },
      }),
    );
    expect(events).toEqual([
      { wallTime: 5, step: 0, version: "brain.Event:2" },
      {
        wallTime: 6,
        step: 0,
        "_hparams_/session_end_info": ["hparams", { sessionEndInfo: { status: 2, endTimeSecs: 6 } }],
      },
    ]);
  });
});

test("the bytes are those that Python has read", () => {
  const digest = createHash("sha256").update(encodeTrialEvents(trial)).digest("hex");
  expect(digest).toBe("d57830f91900a8b3745f6c9728096cde2f3221ce5a697add2caf3a9c025c4b0b");
});

test("a file that is written chunk by chunk has the same bytes", () => {
  const chunks = [
    encodeStartEvents(trial.start),
    ...trial.epochs.map(encodeEpochEvents),
    encodeEndEvents(trial.end!),
  ];
  expect(Buffer.concat(chunks).equals(encodeTrialEvents(trial))).toBe(true);
});

test("repeats of a configuration are in one group, whatever the order of their parameters", () => {
  const start = (parameters: Record<string, number>): string =>
    Buffer.from(encodeStartEvents({ wallTime: 1, parameters })).toString("latin1");
  const group = '{"a":1,"b":2}';
  expect(start({ b: 2, a: 1 })).toContain(group);
  expect(start({ a: 1, b: 2 })).toContain(group);
});

test("the name of an event file has the part by which TensorBoard finds it", () => {
  expect(createEventFileName(1_700_000_000.9, "trial-3")).toBe("events.out.tfevents.1700000000.trial-3");
});
