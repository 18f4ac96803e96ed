import { createHash } from "node:crypto";
import { join } from "node:path";

import type { TrialAssignment } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { expect, test } from "vitest";

import { workspaceFolder } from "../environment.ts";
import { createJobPayload, hashJob, type JobPayload, type SharedInputs } from "./job-payload.ts";

const inputs: SharedInputs = {
  run: "0123456789ab",
  name: "toy",
  version: "1-abc",
  data: [
    { name: "mnist", source: "a folder", sha256: "ab12", classes: ["zero", "one"] },
    { name: "other", source: "another folder", sha256: "cd34" },
  ],
};

const assignment: TrialAssignment = {
  trial: { number: 4, seed: 8, configuration: 2, parameters: { "optimizer.learningRate": 1 }, spec: toySpec },
  experimentSeed: 7,
  threads: 3,
  experimentFolder: join(workspaceFolder, "experiments/toy"),
  dataFolder: "/data",
  trialFolder: "/results/trials/4",
  metric: "validation.loss",
  goal: "minimize",
  until: 2,
  checkpointSeconds: 30,
  recorded: 99,
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const payload: JobPayload = {
  version: "1-abc",
  run: "0123456789ab",
  name: "toy",
  trial: 4,
  configuration: 2,
  seed: 8,
  spec: { ...toySpec },
  until: 2,
  recorded: 1,
  checkpointSeconds: 30,
  experimentSeed: 7,
  metric: "validation.loss",
  goal: "minimize",
  folder: "experiments/toy",
  data: [
    { name: "mnist", source: "a folder", sha256: "ab12" },
    { name: "other", source: "another folder", sha256: "cd34" },
  ],
};

test("a payload contains what determines the results, and neither folders nor threads of this machine", () => {
  expect(createJobPayload(inputs, assignment, 1)).toStrictEqual(payload);
});

test("a trial that continues another one has its end, and that it continues", () => {
  const trial = { ...assignment.trial, until: 5 };
  const continued = { ...assignment, trial, startFrom: "/results/trials/3/checkpoint.safetensors" };
  expect(createJobPayload(inputs, continued, 1)).toStrictEqual({ ...payload, end: 5, continues: true });
});

test.each([
  ["/elsewhere/toy", "/elsewhere/toy"],
  [join(workspaceFolder, "../toy"), join(workspaceFolder, "../toy")],
  [workspaceFolder, ""],
  [join(workspaceFolder, "a"), "a"],
  [join(workspaceFolder, ".hidden/a"), ".hidden/a"],
])("the folder %s becomes %s", (experimentFolder, folder) => {
  expect(createJobPayload(inputs, { ...assignment, experimentFolder }, 1).folder).toBe(folder);
});

test("each custom part is sent once, as the hash of its file", () => {
  const layers = [{ type: "./a.ts" }, { type: "repeat", layers: [{ type: "./a.ts" }, { type: "../b.ts" }] }];
  const spec = { ...toySpec, model: { ...toySpec.model, layers } };
  const custom = { ...assignment, trial: { ...assignment.trial, spec } };
  const customFiles = new Map([["./a.ts", Buffer.from("code")]]);
  expect(createJobPayload({ ...inputs, customFiles }, custom, 1).files).toEqual([
    { path: "./a.ts", sha256: sha256("code") },
    { path: "../b.ts", sha256: sha256("") },
  ]);
  expect(createJobPayload(inputs, custom, 1).files?.[0]?.sha256).toBe(sha256(""));
});

test("the hash depends on all inputs except the progress and the interval of the checkpoints", () => {
  const hash = hashJob(payload);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(hashJob({ ...payload, recorded: 5, checkpointSeconds: 0 })).toBe(hash);
  const changes: Partial<JobPayload>[] = [
    { version: "1-abd" },
    { seed: 9 },
    { until: 3 },
    { spec: {} },
    { data: [] },
    { goal: "maximize" },
    { experimentSeed: 8 },
  ];
  for (const change of changes) expect(hashJob({ ...payload, ...change })).not.toBe(hash);
});
