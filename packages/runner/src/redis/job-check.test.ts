import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, test } from "vitest";

import { loadExperiment } from "@nn/experiment";
import { workspaceFolder } from "../environment.ts";
import { computeCodeVersion } from "./code-version.ts";
import { checkJob } from "./job-check.ts";
import { checkCustomFiles } from "./custom-files.ts";
import { parseJob, type Job } from "./job.ts";
import { RemoteError } from "./remote-error.ts";
import { serialize } from "./serialization.ts";

const { trials } = await loadExperiment(`${workspaceFolder}experiments/quickstart.yaml`);
const { spec } = trials[0]!;

const job: Job = {
  version: computeCodeVersion(),
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

test("a trial of an experiment is accepted unchanged", async () => {
  expect(parseJob(serialize(job))).toEqual(job);
  expect(await checkJob(job)).toMatchObject({ trial: { number: 3, seed: 7, spec } });
});

test("a job of another version of the code is rejected, with both versions in the message", async () => {
  expect(await checkJob({ ...job, version: "0.0.9-abc" })).toBe(
    `it is for version 0.0.9-abc of the code, but this worker has ${computeCodeVersion()}: ` +
      "check out the same commit on both machines",
  );
});

test.for([
  [{ optimizer: { type: "sgd", learningrate: 1 } }, 'unknown key "learningrate"'],
  [{ training: { ...spec.training, epochs: -1 } }, "training.epochs"],
  [{ optimizer: { type: "sgd", learningRate: Infinity } }, "learningRate"],
  [{ model: { ...spec.model, layers: [{ type: "dense", units: 10 }] } }, "input must be (D)"],
  [{ model: { ...spec.model, layers: [{ type: "./mine.ts" }] } }, "but has no checksum of that file"],
  [{ optimizer: { type: "../x.js" } }, "it uses ../x.js, but has no checksum of that file"],
  [{ anything: 1 }, 'unknown key "anything"'],
] as const)("a trial with %o is rejected", async ([change, reason]) => {
  expect(await checkJob({ ...job, spec: { ...job.spec, ...change } })).toContain(reason);
});

test.for([
  "",
  "{}",
  "[]",
  "null",
  '{"ticket":1}',
  serialize({ ...job, seed: -1 }),
  serialize({ ...job, code: "x" }),
])("%o is not a valid job", (wire) => {
  expect(parseJob(wire)).toBeTypeOf("string");
});

describe("a trial with a custom part", () => {
  const folder = mkdtempSync(join(workspaceFolder, "results-job-check-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const text = `import { defineOptimizer } from "@nn/layers";
import { Type } from "typebox";
export const still = defineOptimizer({
  type: "still",
  description: "Learns nothing.",
  options: Type.Object({ size: Type.Number({ default: 1, description: "A number." }) }),
  build: () => ({ state: [], step: () => {} }),
});
`;
  const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");
  const file = join(folder, "still.ts");
  writeFileSync(file, text);
  const custom: Job = {
    ...job,
    folder,
    spec: { ...job.spec, optimizer: { type: "./still.ts", size: 2 } },
    files: [{ path: "./still.ts", sha256: sha256(text) }],
  };

  test("is accepted if its file is the same as that of the run, and its options are checked", async () => {
    expect(parseJob(serialize(custom))).toEqual(custom);
    expect(await checkJob(custom)).toMatchObject({
      trial: { spec: { optimizer: { type: "./still.ts", size: 2 } } },
    });
    const wrong = { ...custom.spec, optimizer: { type: "./still.ts", sise: 2 } };
    expect(await checkJob({ ...custom, spec: wrong })).toContain('unknown key "sise"');
  });

  test("throws RemoteError if the file is missing or different", async () => {
    const there = { ...custom, files: [{ path: "./still.ts", sha256: sha256("other") }] };
    await expect(checkJob(there)).rejects.toThrow(RemoteError);
    await expect(checkJob(there)).rejects.toThrow("differs on this machine");
    const missing = {
      ...custom,
      spec: { ...job.spec, optimizer: { type: "./gone.ts" } },
      files: [{ path: "./gone.ts", sha256: sha256(text) }],
    };
    await expect(checkJob(missing)).rejects.toThrow(`there is no file ${join(folder, "gone.ts")}`);
  });

  test("is run only from the project and from the folder of the worker", () => {
    expect(checkCustomFiles(custom, folder, [folder])).toBeUndefined();
    expect(() => checkCustomFiles(custom, folder, [join(workspaceFolder, "packages")])).toThrow(
      "neither in this project nor in the folder in which this worker was started",
    );
    // A symbolic link counts as the file to which it points.
    const link = join(folder, "link.ts");
    symlinkSync(fileURLToPath(import.meta.url), link);
    const linked = {
      ...custom,
      spec: { optimizer: { type: "./link.ts" } },
      files: [{ path: "./link.ts", sha256: sha256(readFileSync(link, "utf8")) }],
    };
    expect(() => checkCustomFiles(linked, folder, [folder])).toThrow("is not run");
    expect(checkCustomFiles(linked, folder)).toBeUndefined();
  });

  test("of the wrong kind is rejected", async () => {
    const wrong = { ...job.spec, schedule: { type: "./still.ts", size: 2 } };
    expect(await checkJob({ ...custom, spec: wrong })).toContain("no catalog entry");
  });
});
