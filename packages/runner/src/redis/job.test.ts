import { expect, test } from "vitest";

import { parseJob, parseReport, type Job } from "./job.ts";
import { serialize } from "./serialization.ts";

const job: Job = {
  version: "1-abc",
  ticket: "t",
  run: "0123456789ab",
  name: "toy",
  trial: 1,
  configuration: 0,
  seed: 0,
  spec: { loss: { type: "cross-entropy", weight: -0 } },
  until: 1,
  end: 1,
  continues: true,
  recorded: 0,
  checkpointSeconds: 0,
  experimentSeed: 0,
  metric: "validation.loss",
  goal: "minimize",
  folder: "",
  data: [{ name: "mnist", source: "a folder", sha256: "ab12" }],
  files: [{ path: "./a.ts", sha256: "cd34" }],
};

test("a job is parsed with all its numbers", () => {
  expect(parseJob(serialize(job))).toStrictEqual(job);
  const { end: _end, continues: _continues, files: _files, ...required } = job;
  expect(parseJob(serialize(required))).toStrictEqual(required);
});

test.each<[object, string]>([
  [{ trial: 0 }, "/trial must be >= 1"],
  [{ until: 0 }, "/until must be >= 1"],
  [{ end: 0 }, "/end must be >= 1"],
  [{ seed: -1 }, "/seed must be >= 0"],
  [{ recorded: 0.5 }, "/recorded must be integer"],
  [{ checkpointSeconds: -1 }, "/checkpointSeconds must be >= 0"],
  [{ run: "0123456789a" }, "/run must match pattern"],
  [{ run: "x0123456789ab" }, "/run must match pattern"],
  [{ run: "0123456789abc" }, "/run must match pattern"],
  [{ continues: "yes" }, "/continues must be boolean"],
  [{ name: "a".repeat(100_001) }, "/name must not have more than 100000 characters"],
  [{ goal: "middle" }, "/goal must"],
  [{ data: [{ ...job.data[0], code: "" }] }, "/data/0/code "],
  [{ files: [{ path: "./a.ts" }] }, "/files/0 must have required properties sha256"],
  [{ code: "" }, "/code "],
  [{ spec: undefined }, "it must have required properties spec"],
])("a job with %o is rejected", (change, problem) => {
  const parsed = parseJob(JSON.stringify({ ...job, ...change }));
  const text = typeof parsed === "string" ? parsed : "accepted";
  expect(text.slice(0, problem.length)).toBe(problem);
});

test("text that is not JSON is rejected", () => {
  expect(parseJob("{")).toMatch(/JSON/);
  expect(parseReport("")).toMatch(/JSON/);
});

const measure = { loss: NaN, accuracy: 0.5 };
const outcome = { status: "diverged", epochs: 1, seconds: 2, kernels: "none" };
const epoch = { epoch: 1, train: measure, seconds: -0, imagesPerSecond: Infinity };

test.each<object>([
  { kind: "begun", worker: "w", attempt: 1 },
  { kind: "notice", message: "m" },
  { kind: "progress", epoch: 1, seen: 2, total: 3, train: measure, imagesPerSecond: 4.5 },
  { kind: "epoch", epoch },
  { kind: "epoch", epoch: { ...epoch, validation: measure } },
  { kind: "resumed", epoch: 1, seen: 0 },
  { kind: "checkpoint", epoch: 0, seen: 7 },
  { kind: "ended", outcome, lease: "l", files: 0 },
  {
    kind: "ended",
    outcome: {
      ...outcome,
      status: "completed",
      reason: "r",
      bestEpoch: 1,
      train: measure,
      validation: measure,
      test: measure,
    },
    lease: "l",
    files: 11,
  },
  { kind: "ended", outcome: { ...outcome, status: "paused" }, lease: "l", files: 1 },
  { kind: "failed", message: "m", stack: "" },
  { kind: "crashed", message: "m" },
  { kind: "returned", worker: "w" },
])("the report %o is parsed with the same numbers", (report) => {
  expect(parseReport(serialize(report))).toStrictEqual(report);
});

test.each<object>([
  { kind: "other" },
  { kind: "begun", worker: "w" },
  { kind: "begun", worker: "w", attempt: -1 },
  { kind: "notice", message: 1 },
  { kind: "notice", message: "m", html: "" },
  { kind: "checkpoint", epoch: 0.5, seen: 7 },
  { kind: "epoch", epoch: { ...epoch, train: { loss: 1 } } },
  { kind: "epoch", epoch: { ...epoch, seconds: "1" } },
  { kind: "epoch", epoch: { ...epoch, seconds: { number: "1", text: "" } } },
  { kind: "ended", outcome: { ...outcome, status: "failed" }, lease: "l", files: 0 },
  { kind: "ended", outcome: { ...outcome, epochs: -1 }, lease: "l", files: 0 },
  { kind: "ended", outcome: { ...outcome, extra: 1 }, lease: "l", files: 0 },
])("the report %o is rejected", (report) => {
  expect(parseReport(serialize(report))).toBeTypeOf("string");
});
