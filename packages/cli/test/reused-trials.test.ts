import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { BenchFolder } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

interface Changes {
  readonly repeats?: number;
  readonly epochs?: number;
  readonly layer?: string;
  readonly sweep: string;
}

function spec({ repeats = 1, epochs = 2, layer = "relu", sweep }: Changes) {
  return `
name: small
repeats: ${repeats}
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 8 }
    - { type: ${layer} }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1, momentum: 0.9 }
training: { epochs: ${epochs}, batchSize: 64 }
sweep:
${sweep}
`;
}

const grid = (...rates: number[]): string =>
  `  sampler: { type: grid }\n  parameters: { optimizer.learningRate: [${rates.join(", ")}] }`;

/** Returns the fingerprints of the runs, in the order in which they were started. */
const runsOf = (folder: BenchFolder): string[] =>
  readdirSync(join(folder.path, "results", "small")).filter((name) => /^[0-9a-f]{12}$/.test(name));

/**
 * Trains the experiments one after the other, and compares the files of the last one with those of a run from
 * the start.
 */
async function trainedInTurn(earlier: readonly string[], last: string) {
  const folder = prepare(last);
  const before: string[] = [];
  for (const each of earlier) {
    folder.write("spec.yaml", each);
    expect((await folder.run()).code).toBe(0);
    before.push(runsOf(folder).find((name) => !before.includes(name))!);
  }
  folder.write("spec.yaml", last);
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  const runs = before.map((run) => {
    const path = join(folder.path, "results", "small", run);
    const timings = readFileSync(join(path, "timings.csv"), "utf8");
    rmSync(path, { recursive: true });
    return { run, timings };
  });
  const whole = prepare(last);
  expect((await whole.run()).code).toBe(0);
  expect(folder.promisedFiles()).toEqual(whole.promisedFiles());
  return { out, folder, runs };
}

/** Returns the times of a trial. A reused trial keeps its times. */
const timesOf = (timings: string, trial: number): string[] =>
  timings
    .split("\n")
    .filter((line) => line.startsWith(`${trial},`))
    .map((line) => line.split(",").slice(1).join());

test("with more repeats and values, identical trials are reused, with the bytes of a fresh run", async () => {
  const { out, folder, runs } = await trainedInTurn(
    [spec({ sweep: grid(0.03, 1e30) })],
    spec({ repeats: 2, sweep: grid(0.03, 0.1, 1e30) }),
  );
  const { run, timings } = runs[0]!;
  expect(out).toContain(
    `2 of 6 trials are reused from the earlier run ${run}, which trained the same configurations.`,
  );
  for (const [trial, was] of [
    [1, 1],
    [5, 2],
  ] as const)
    expect(timesOf(folder.read("timings.csv"), trial)).toEqual(timesOf(timings, was));
});

test("trials with more epochs resume, together with new trials of the same edit", async () => {
  const constant = { epochs: 2, sweep: grid(0.03, 0.1) };
  const { out } = await trainedInTurn([spec(constant)], spec({ epochs: 3, sweep: grid(0.03, 0.05, 0.1) }));
  expect(out).toContain("Resuming 2 trials of the 2-epoch run.");
});

test("trials with a changed custom layer are not reused", async () => {
  const layer = (factor: number): string => `
import { defineLayer } from "@nn/layers";
import { Type } from "typebox";
export default defineLayer({
  type: "scaled",
  description: "Scales.",
  options: Type.Object({}),
  plan: (_options, shape) => ({
    outputShape: shape,
    build: () => ({
      forward(x) { for (let i = 0; i < x.data.length; i++) x.data[i] *= ${factor}; return x; },
      backward(dy) { for (let i = 0; i < dy.data.length; i++) dy.data[i] *= ${factor}; return dy; },
    }),
  }),
});
`;
  const own = (...rates: number[]): string => spec({ layer: "./scaled.ts", sweep: grid(...rates) });
  const folder = prepare(own(0.03, 0.1));
  folder.write("scaled.ts", layer(0.5));
  expect((await folder.run()).code).toBe(0);
  folder.write("spec.yaml", own(0.1, 0.2));
  expect((await folder.run()).out).toContain("1 of 2 trials is reused");
  folder.write("scaled.ts", layer(0.25));
  folder.write("spec.yaml", own(0.1, 0.3));
  expect((await folder.run()).out).not.toContain("reused");
});

test("a trial without weights is tested again from its checkpoint; a damaged run is ignored", async () => {
  const folder = prepare(spec({ sweep: grid(0.03, 0.1) }));
  expect((await folder.run()).code).toBe(0);
  rmSync(join(folder.runFolder(), "trials", "1", "model.safetensors"));
  const earlier = folder.runFolder();
  folder.write("spec.yaml", spec({ sweep: grid(0.03, 0.1, 0.2) }));
  const { out } = await folder.run();
  expect(out).toContain("1 of 3 trials is reused");
  expect(out).toContain("Resuming 1 trial that an earlier run left unfinished.");
  renameSync(earlier, join(folder.path, "aside"));
  const whole = prepare(spec({ sweep: grid(0.03, 0.1, 0.2) }));
  await whole.run();
  expect(folder.promisedFiles()).toEqual(whole.promisedFiles());

  renameSync(folder.runFolder(), join(folder.path, "grown"));
  renameSync(join(folder.path, "aside"), earlier);
  writeFileSync(join(earlier, "journal.jsonl"), "not a journal\n");
  const again = await folder.run();
  expect(again.code).toBe(0);
  expect(again.out).not.toContain("reused");
});

test("a dry run prints the reused trials, forecasts the others, and writes nothing", async () => {
  const folder = prepare(spec({ sweep: grid(0.03, 0.1) }));
  expect((await folder.run()).code).toBe(0);
  const before = runsOf(folder);
  folder.write("spec.yaml", spec({ sweep: grid(0.03, 0.1, 0.2) }));
  const { code, out } = await folder.run(["--dry-run"]);
  expect(code).toBe(0);
  expect(out).toContain("2 of 3 trials are reused from the earlier run");
  expect(out).toContain("forecast  2 epochs");
  expect(runsOf(folder)).toEqual(before);
});
