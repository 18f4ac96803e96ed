import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readResults } from "@nn/results";
import { expect, test } from "vitest";

import type { BenchFolder } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

// What a run reads besides its experiment is changed while it trains. The layer of the experiment changes it
// in its forward pass, so that the change comes between two trials and not by chance.

const prepare = createSmallDataFolders();

/** Returns a CSV file of 2 × 2 images in three classes, with one bright pixel each. */
function csvOf(count: number, bright: number): string {
  return Array.from({ length: count }, (_, n) => {
    const pixels = [0, 1, 2, 3].map((pixel) => (pixel === n % 3 ? bright : n % 7));
    return `${[n % 3, ...pixels].join(",")}\n`;
  }).join("");
}

/** A layer that returns its inputs, and runs `statement` in each forward pass. */
const layerWith = (statement: string): string => `import { defineLayer } from "@nn/layers";
import { appendFileSync } from "node:fs";
import { Type } from "typebox";
export const meddler = defineLayer({
  type: "meddler",
  description: "Changes a file.",
  options: Type.Object({}),
  plan: (_options, shape) => ({
    outputShape: shape,
    build: () => ({
      forward(x) {
        ${statement}
        return x;
      },
      backward: (dy) => dy,
    }),
  }),
});
`;

function prepareCsv(sweep: string, statement: string): BenchFolder {
  const folder = prepare(`
name: small
dataset: { type: csv, training: ./a.csv, test: ./t.csv, validation: 8, label: first }
model: { layers: [{ type: flatten }, { type: ./meddler.ts }, { type: dense, units: 3 }] }
optimizer: { type: sgd, learningRate: 0.01 }
training: { epochs: 2, batchSize: 8 }
sweep:
${sweep}`);
  folder.write("meddler.ts", layerWith(statement));
  for (const [name, bright] of [
    ["a", 200],
    ["b", 150],
    ["c", 100],
    ["t", 200],
  ] as const)
    folder.write(`${name}.csv`, csvOf(40, bright));
  return folder;
}

const inFolder = (file: string): string => `new URL("./${file}", import.meta.url)`;
const one = ["--workers", "1"];

test("a custom part that changes between two trials stops the run, which resumes with the original", async () => {
  const statement = `appendFileSync(${inFolder("meddler.ts")}, "// changed");`;
  const folder = prepareCsv(
    "  sampler: { type: grid }\n  parameters: { training.batchSize: [8, 4] }\n",
    statement,
  );
  const original = layerWith(statement);
  const { code, err } = await folder.run(one);
  expect(code).toBe(1);
  expect(err).toContain("./meddler.ts has changed during this run. The run has stopped, because its trials");
  const statuses = () =>
    readResults(join(folder.runFolder(), "results.csv")).rows.map(({ status }) => status);
  expect(statuses()).toEqual(["completed"]);
  folder.write("meddler.ts", original);
  expect(await folder.run(one)).toMatchObject({
    code: 0,
    out: expect.stringContaining("1 of 2 trials are already"),
  });
  expect(statuses()).toEqual(["completed", "completed"]);
});

test("data that change between two trials stop the run, which resumes with the original", async () => {
  const statement = `appendFileSync(${inFolder("a.csv")}, "0,9,9,9,9\\n");`;
  const sweep = `  sampler: { type: grid }
  parameters:
    training.batchSize: [8, 4]
    dataset.training: [./a.csv, ./b.csv]
`;
  const folder = prepareCsv(sweep, statement);
  const { code, err } = await folder.run(one);
  expect(code).toBe(1);
  expect(err).toContain("the data set csv ./a.csv, ./t.csv (label: first) has changed during this run.\n");
  expect(err).toMatch(/then {2}SHA-256 [0-9a-f]{12}…\n {2}now {3}SHA-256 [0-9a-f]{12}…\n/);
});

test("the data of later generations are recorded, and a change of them is reported", async () => {
  const sweep = `  sampler: { type: tpe, trials: 5, generation: 1, startup: 4 }
  parameters:
    dataset:
      - type: csv
        training: { type: choice, values: [./a.csv, ./b.csv] }
        test: ./t.csv
        label: first
        validation: 8
      - { type: csv, training: ./c.csv, test: ./t.csv, label: first, validation: 8 }
`;
  const folder = prepareCsv(sweep, "");
  expect((await folder.run(one)).code).toBe(0);
  const environment = JSON.parse(folder.read("environment.json"));
  expect(environment.data.map(({ name }: { name: string }) => name).sort()).toEqual(
    ["a", "b", "c"].map((name) => `csv ./${name}.csv, ./t.csv (label: first)`),
  );
  for (const name of ["a", "b", "c"]) {
    const file = join(folder.path, `${name}.csv`);
    const before = readFileSync(file);
    writeFileSync(file, csvOf(40, 99));
    const { code, err } = await folder.run(one);
    expect(code).toBe(1);
    expect(err).toContain("has results of other data.");
    writeFileSync(file, before);
  }
  rmSync(join(folder.path, "c.csv"));
  expect((await folder.run(one)).code).not.toBe(0);
});
