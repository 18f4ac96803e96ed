import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { loadExperiment } from "@nn/experiment";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

const base = `
name: small
dataset: { type: csv, training: data/train.csv, test: data/test.csv, validation: 8, label: first }
model: { layers: [{ type: flatten }, { type: dense, units: 3 }] }
optimizer: { type: sgd, learningRate: 0.01 }
training: { epochs: 2, batchSize: 8 }
`;

/** Returns a CSV file of 2 × 2 images in three classes, with one bright pixel each. */
function csvOf(count: number, bright: number): string {
  return Array.from({ length: count }, (_, n) => {
    const pixels = [0, 1, 2, 3].map((pixel) => (pixel === n % 3 ? bright : n % 7));
    return `${[n % 3, ...pixels].join(",")}\n`;
  }).join("");
}

/** An experiment that extends one in another folder, which contains the data. */
function ownData() {
  const folder = prepare("extends: bases/base.yaml\ndescription: Of its own data.\n");
  mkdirSync(join(folder.path, "bases", "data"), { recursive: true });
  folder.write("bases/base.yaml", base);
  folder.write("bases/data/train.csv", csvOf(40, 200));
  folder.write("bases/data/test.csv", csvOf(9, 200));
  return folder;
}

test("a path is relative to its file; in the resolved experiment, to the experiment file", async () => {
  const folder = ownData();
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).toContain("\ndata      csv from bases/data/train.csv, 8 held out for validation\n");
  expect(parse(folder.read("experiment.yaml"))).toMatchObject({
    dataset: { training: "./bases/data/train.csv", test: "./bases/data/test.csv" },
  });
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({
    data: [
      {
        name: "csv ./bases/data/train.csv, ./bases/data/test.csv (label: first)",
        source: "bases/data/train.csv",
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ],
  });
});

test("the same files with other content count as other data and are rejected", async () => {
  const folder = ownData();
  await folder.run();
  const before = folder.promisedFiles();
  folder.write("bases/data/test.csv", csvOf(9, 201));
  const { code, err } = await folder.run();
  expect(code).toBe(1);
  expect(err).toContain("has results of other data.");
  expect(folder.promisedFiles()).toEqual(before);
});

test("a path in --set is relative to the experiment file, a path in a sweep to its file", async () => {
  const folder = ownData();
  writeFileSync(join(folder.path, "more.csv"), csvOf(50, 90));
  folder.write(
    "bases/base.yaml",
    `${base}sweep: { sampler: { type: grid }, parameters: { dataset.training: [data/train.csv, ../more.csv] } }\n`,
  );
  const file = join(folder.path, "spec.yaml");
  const swept = await loadExperiment(file);
  expect(swept.trials.map(({ parameters }) => parameters["dataset.training"])).toEqual([
    "./bases/data/train.csv",
    "./more.csv",
  ]);
  const { trials } = await loadExperiment(file, { set: ["dataset.test=more.csv"] });
  expect(trials[0]?.spec.dataset["test"]).toBe("./more.csv");

  const { code } = await folder.run(["--workers", "2"]);
  expect(code).toBe(0);
  const { data } = JSON.parse(folder.read("environment.json"));
  expect(data).toHaveLength(2);
});

test("mistakes in the data are reported at the option of the file, before anything is written", async () => {
  const folder = ownData();
  const text = readFileSync(join(folder.path, "bases/data/train.csv"), "utf8");
  folder.write("bases/data/train.csv", text.replace("200", "2OO"));
  const { code, err, out } = await folder.run();
  const fault =
    './bases/data/train.csv, line 1, column 2: expected a pixel, a whole number from 0 to 255, got "2OO"';
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toBe(
    `error: bases/base.yaml:3:33: ${fault}
  3 | dataset: { type: csv, training: data/train.csv, test: data/test.csv, validation: 8, label: first }
    |                                 ^^^^^^^^^^^^^^
  Correct it, or set "header: true" if this line is a header.`,
  );
});

test("a wrong test file is reported before anything is trained, also by validate and a dry run", async () => {
  const folder = ownData();
  const text = readFileSync(join(folder.path, "bases/data/test.csv"), "utf8");
  folder.write("bases/data/test.csv", `${text}1,2,3,4\n`);
  const fault = "./bases/data/test.csv, line 10: expected 5 columns, as in the first line, got 4";
  const message = `error: bases/base.yaml:3:55: ${fault}
  3 | dataset: { type: csv, training: data/train.csv, test: data/test.csv, validation: 8, label: first }
    |                                                       ^^^^^^^^^^^^^
  Correct this line.`;
  const dry = await folder.run(["--dry-run"]);
  expect(dry).toMatchObject({ code: 2, out: "", err: message });
  const validated = await folder.runProgram(["validate", "spec.yaml"]);
  expect(validated).toMatchObject({ code: 2, out: "" });
  expect(validated.err).toContain(message);
});

test("a class without test images is reported as a notice, not as an error", async () => {
  const folder = ownData();
  folder.write("bases/data/test.csv", csvOf(2, 200));
  const notice =
    "notice: ./bases/data/test.csv has no image of class 2, so the test metrics do not cover every class";
  for (const command of [
    ["validate", "spec.yaml"],
    ["experiment", "spec.yaml", "--dry-run"],
  ]) {
    expect(await folder.runProgram(command)).toMatchObject({ code: 0, err: notice });
  }
  const { code, err } = await folder.run();
  expect(code).toBe(0);
  expect(err.split("\n")).toContain(notice);
});

test("advice about usual values uses the actual number of images", async () => {
  const folder = ownData();
  const told = async (...set: string[]): Promise<string> =>
    (await folder.runProgram(["validate", "spec.yaml", ...set.flatMap((each) => ["--set", each])])).err;
  expect(await told("dataset.validation=40")).toContain("A sixth of the images is usual: 7.");
  expect(await told("training.batchSize=50")).toContain("Make batchSize smaller, or use more images.");
  const stopping = "training.earlyStopping={ patience: 1 }";
  expect(await told("dataset.validation=0", stopping)).toContain(
    "expected a number of images to hold out, such as 7\n",
  );
});

test.each([
  ["dataset.training=nowhere.csv", "./nowhere.csv: expected a file, but it does not exist"],
  ["dataset.validation=40", "dataset.validation holds out 40 images, but csv has only 40 training images"],
  ["dataset.height=3", "./bases/data/train.csv, line 1: expected images of 3 × any pixels"],
  ["model.layers[1].units=2", "the network's output must be (3), one number for each class, got (2)"],
])("a mistake in --set %s is reported like any other", async (assignment, message) => {
  const { code, err } = await ownData().run(["--set", assignment]);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: --set: /);
  expect(err).toContain(message);
});
