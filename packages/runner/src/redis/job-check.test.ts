import { expect, test } from "vitest";

import { loadExperiment } from "@nn/experiment";
import { workspaceFolder } from "../environment.ts";
import { codeVersion } from "./code-version.ts";
import { checkJob } from "./job-check.ts";
import { readJob, type Job } from "./job.ts";
import { toWire } from "./wire.ts";

const { trials } = await loadExperiment(`${workspaceFolder}experiments/quickstart.yaml`);
const { spec } = trials[0]!;

const job: Job = {
  version: codeVersion(),
  ticket: "1",
  run: "0123456789ab",
  name: "quickstart",
  trial: 3,
  configuration: 1,
  seed: 7,
  spec: { ...spec },
  until: 1,
  recorded: 0,
  checkpointSeconds: 30,
  experimentSeed: 7,
  metric: "validation.accuracy",
  goal: "maximize",
  folder: "experiments",
  data: [],
};

test("a trial of an experiment is taken as it is", () => {
  expect(readJob(toWire(job))).toEqual(job);
  expect(checkJob(job)).toMatchObject({ trial: { number: 3, seed: 7, spec } });
});

test("another version of the code is refused, and both are named", () => {
  expect(checkJob({ ...job, version: "0.0.9-abc" })).toBe(
    `it is for version 0.0.9-abc of the code, and this worker has ${codeVersion()}: bring both to the same commit`,
  );
});

test.for([
  [{ optimizer: { type: "sgd", learningrate: 1 } }, 'unknown key "learningrate"'],
  [{ training: { ...spec.training, epochs: -1 } }, "training.epochs"],
  [{ optimizer: { type: "sgd", learningRate: Infinity } }, "learningRate"],
  [{ model: { ...spec.model, layers: [{ type: "dense", units: 10 }] } }, "input must be (D)"],
  [{ model: { ...spec.model, layers: [{ type: "./mine.ts" }] } }, "runs no code but its own"],
  [
    { model: { ...spec.model, layers: [{ type: "residual", layers: [{ type: "../x.js" }] }] } },
    "runs no code",
  ],
  [{ anything: 1 }, 'unknown key "anything"'],
] as const)("a trial with %o is refused", ([change, reason]) => {
  expect(checkJob({ ...job, spec: { ...job.spec, ...change } })).toContain(reason);
});

test.for([
  "",
  "{}",
  "[]",
  "null",
  '{"ticket":1}',
  toWire({ ...job, seed: -1 }),
  toWire({ ...job, code: "x" }),
])("%o is no job", (wire) => {
  expect(readJob(wire)).toBeTypeOf("string");
});
