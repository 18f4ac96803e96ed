import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readResults } from "@nn/results";
import { workspaceFolder } from "@nn/runner";
import { expect, onTestFinished, test } from "vitest";

import { smallSweep, type BenchFolder } from "./support/bench-folder.ts";
import { runProgram } from "./support/program.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

function evaluate(folder: BenchFolder, ...args: readonly string[]) {
  return runProgram(["evaluate", ...args, "--data", "data"], folder.path);
}

test("evaluate gives the metrics of results.csv to the last digit, for every trial of a sweep", async () => {
  const folder = prepare(smallSweep);
  expect((await folder.run()).code).toBe(0);
  const { rows } = readResults(join(folder.runFolder(), "results.csv"));
  expect(rows).toHaveLength(4);
  for (const { trial, validation, test: tested } of rows) {
    const { code, out } = await evaluate(folder, "results/small", "--trial", `${trial}`, "--json");
    expect(code).toBe(0);
    const json = JSON.parse(out);
    expect(json).toMatchObject({ validation, test: tested });
    const confusion = readFileSync(join(folder.runFolder(), `trials/${trial}/confusion.csv`), "utf8");
    const counts = confusion.trim().split("\n").slice(1);
    expect(json.confusion).toEqual(counts.map((line) => line.split(",").slice(1).map(Number)));
  }

  // Without --trial: the best configuration by the mean over its seeds, and the first of these.
  const mean = (from: number): number =>
    (rows[from]!.validation!.accuracy + rows[from + 1]!.validation!.accuracy) / 2;
  const best = mean(0) >= mean(2) ? 1 : 3;
  const chosen = await evaluate(folder, "results/small/latest");
  expect(chosen.out).toContain(
    `Trial ${best} is the first of 2 seeds of the best of 2 configurations by validation.accuracy.`,
  );
  expect(chosen.out).toContain(`trials/${best}/model.safetensors`);
});

test("of a pruned trial without a network, the status is the reason, not keep.networks", async () => {
  const folder = prepare(
    smallSweep
      .replace("[0.03, 0.1]", "[0.000001, 0.1]")
      .replace(
        "sampler: { type: grid }",
        "sampler: { type: grid }\n  pruner: { type: threshold, below: 0.5, from: 4 }",
      ),
  );
  expect((await folder.run()).code).toBe(0);
  const { rows } = readResults(join(folder.runFolder(), "results.csv"));
  expect(rows.map(({ status }) => status)).toEqual(["pruned", "pruned", "completed", "completed"]);
  const { code, err } = await evaluate(folder, "results/small", "--trial", "2");
  expect(code).toBe(2);
  expect(err).toMatch(/trial 2 of .* has no network: its status is pruned\n/);
  expect(err).toContain("  Only completed trials have a network. Trials that have one: 3, 4.");
  expect(err).not.toContain("keep.networks");
});

test("another file of a trial, or a trial whose network was deleted, is named with what to give or do", async () => {
  const folder = prepare(smallSweep.replace("epochs: 8", "epochs: 1").replace("repeats: 2", "repeats: 1"));
  expect((await folder.run(["--checkpoint-every", "0", "--set", "keep.checkpoints=all"])).code).toBe(0);
  const trial = join(folder.runFolder(), "trials/1");
  for (const [file, content] of [
    ["outputs.safetensors", "the file with the outputs of a network for the images"],
    ["checkpoint.safetensors", "a checkpoint, from which an interrupted training resumes"],
  ] as const) {
    const { code, err } = await evaluate(folder, join(trial, file));
    expect(code).toBe(1);
    expect(err).toContain(
      `${file} is ${content}, not a network. Give the model.safetensors of its trial instead: `,
    );
    expect(err).toContain(join(trial, "model.safetensors"));
    expect(err).not.toContain("--fresh");
  }
  for (const number of [1, 2]) rmSync(join(folder.runFolder(), `trials/${number}/model.safetensors`));
  const { err } = await evaluate(folder, "results/small", "--trial", "1");
  expect(err).toContain("trial 1 of ");
  expect(err).toContain("Run the experiment with --fresh to train all its trials again.");
  expect(err).not.toContain("to the end");
  // The same advice as that of the run itself.
  expect((await folder.run(["--set", "keep.checkpoints=all"])).out).toContain("Use --fresh");
});

test("a custom layer, a folder of the trial, and a file are found", async () => {
  const folder = prepare(`
name: small
dataset: { type: mnist, validation: 0, normalize: true }
model:
  layers:
    - { type: flatten }
    - { type: ./half.ts }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 1, batchSize: 50 }
`);
  folder.write(
    "half.ts",
    `import { defineLayer } from "@nn/layers";
import { Type } from "typebox";
export default defineLayer({
  type: "half",
  description: "y = x / 2",
  options: Type.Object({}),
  plan: (_options, inputShape) => ({
    outputShape: inputShape,
    build: ({ backend, batchSize }) => {
      const size = batchSize * inputShape.reduce((a, b) => a * b, 1);
      const y = backend.allocate([size]).data;
      const dx = backend.allocate([size]).data;
      const half = (from, to) => {
        for (let i = 0; i < from.data.length; i++) to[i] = from.data[i] / 2;
        return { shape: from.shape, data: to.subarray(0, from.data.length) };
      };
      return { forward: (x) => half(x, y), backward: (dy) => half(dy, dx) };
    },
  }),
});
`,
  );
  expect((await folder.run()).code).toBe(0);
  const [row] = readResults(join(folder.runFolder(), "results.csv")).rows;
  for (const where of ["results/small", "results/small/latest/trials/1"]) {
    const { out, err } = await evaluate(folder, where, "--json");
    expect(err).toBe("");
    expect(JSON.parse(out).test).toEqual(row!.test);
  }
  const file = join(folder.runFolder(), "trials/1/model.safetensors");
  const other = await evaluate(folder, file, "--dataset", "mnist", "--json");
  expect(JSON.parse(other.out).test).toEqual(row!.test);
});

test.each([
  ["nowhere", "nowhere: there is no such run or file"],
  ["spec.yaml", "spec.yaml: this file does not belong to a run"],
  ["data", "data: this is not the folder of a run"],
])("%s: a clear message, and no stack trace", async (where, message) => {
  const folder = prepare(smallSweep);
  const { code, err } = await evaluate(folder, where);
  expect(code).toBe(2);
  expect(err.split("\n")[0]).toBe(`error: ${message}`);
  expect(err).not.toMatch(/^\s+at /m);
});

test("--trial is rejected for a trial's folder, and an error lists the existing trials", async () => {
  const folder = prepare(smallSweep.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const twice = await evaluate(folder, "results/small/latest/trials/2", "--trial", "3");
  expect(twice).toMatchObject({
    code: 2,
    err: expect.stringContaining("--trial: results/small/latest/trials/2 is already a single trial"),
  });
  const missing = await evaluate(folder, "results/small", "--trial", "1025");
  expect(missing.code).toBe(2);
  expect(missing.err).toMatch(/has no ended trial 1025\n {2}Its trials: 1, 2, 3, 4\./);
});

test.each([
  ["[1", '--dataset: "[1" is neither the name of a data set nor a block in YAML'],
  ["nope", 'there is no dataset "nope"'],
  ["fashion", 'did you mean "fashion-mnist"?'],
  ["{ type: csv, test: no.csv }", "Relative paths in --dataset are relative to the current folder"],
])("--dataset %s is refused", async (dataset, message) => {
  const folder = prepare(smallSweep.replace(/sweep:[^]*/, ""));
  expect((await folder.run()).code).toBe(0);
  const { code, err } = await evaluate(folder, "results/small", "--dataset", dataset);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("custom images are evaluated, however few they are, and without training images", async () => {
  const folder = prepare(smallSweep.replace(/sweep:[^]*/, "").replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const row = (label: number): string => `${label},${Array(784).fill(label).join(",")}\n`;
  folder.write("few.csv", [0, 0, 1, 1, 9, 9].map(row).join(""));
  const { code, out, err } = await evaluate(
    folder,
    "results/small",
    "--dataset",
    "{ type: csv, test: few.csv, label: first }",
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("evaluated on the test images of csv");
  folder.write("three.csv", [0, 0, 1, 1, 2, 2].map(row).join(""));
  const three = await evaluate(
    folder,
    "results/small",
    "--dataset",
    "{ type: csv, test: three.csv, label: first }",
  );
  expect(three.code).toBe(2);
  expect(three.err).toMatch(
    /^error: --dataset: the network has 10 classes, the data set has 3\n.*add "classes: 10" to the block/,
  );
});

/** Three classes of images, each with one pixel, so that a network learns them at once. */
function writeAnimals(folder: BenchFolder, file: string, names: readonly string[]): void {
  const pixels: Record<string, string> = { cat: "255,0,0,0", dog: "0,255,0,0", zebra: "0,0,255,0" };
  const rows = names.map((name) => `${name.replace(/.*=/, "")},${pixels[name.replace(/=.*/, "")]}\n`);
  folder.write(file, Array.from({ length: 20 }, () => rows.join("")).join(""));
}

test("the classes of another data set are matched by name", async () => {
  const folder = prepare(`
name: small
dataset: { type: csv, training: all.csv, test: all.csv, label: first, validation: 0 }
model: { layers: [{ type: flatten }, { type: dense, units: 3 }] }
optimizer: { type: sgd, learningRate: 1 }
training: { epochs: 10, batchSize: 5 }
`);
  writeAnimals(folder, "all.csv", ["cat", "dog", "zebra"]);
  expect((await folder.run()).code).toBe(0);
  const on = (file: string, more = "") =>
    evaluate(
      folder,
      "results/small",
      "--json",
      "--dataset",
      `{ type: csv, test: ${file}, label: first${more} }`,
    );

  // Without names, "dog" and "zebra" would be the labels of the network's "cat" and "dog".
  writeAnimals(folder, "some.csv", ["zebra", "dog"]);
  const some = await on("some.csv");
  expect(some).toMatchObject({ code: 0, err: "" });
  const { test: tested, classes, confusion } = JSON.parse(some.out);
  expect(tested.accuracy).toBe(1);
  expect(classes.map(({ name, images }: { name: string; images: number }) => [name, images])).toEqual([
    ["cat", 0],
    ["dog", 20],
    ["zebra", 20],
  ]);
  expect(confusion).toEqual([
    [0, 0, 0],
    [0, 20, 0],
    [0, 0, 20],
  ]);

  writeAnimals(folder, "other.csv", ["cat", "dog", "zebra=emu"]);
  const other = await on("other.csv");
  expect(other).toMatchObject({ code: 1, out: "" });
  expect(other.err).toContain(
    'the network has classes "cat", "dog", "zebra", but the data set also has images of class "emu". Remove',
  );

  writeAnimals(folder, "numbers.csv", ["cat=0", "dog=1", "zebra=2"]);
  const numbers = await on("numbers.csv");
  expect(JSON.parse(numbers.out).test.accuracy).toBe(1);
  expect(numbers.err).toBe(
    "notice: only the network has names of classes, so they are matched with the labels of the data set: " +
      '0 is "cat", 1 is "dog", 2 is "zebra"',
  );
  writeAnimals(folder, "few.csv", ["cat=0", "dog=1"]);
  expect((await on("few.csv")).err).toMatch(/3 classes, the data set has 2\n.*add "classes: 3" to the block/);
  expect(await on("few.csv", ", classes: 3")).toMatchObject({ code: 0 });
  const digits = await evaluate(folder, "results/small", "--dataset", "mnist");
  expect(digits).toMatchObject({ code: 2 });
  expect(digits.err).toContain("the network has 3 classes, the data set has 10\n  Choose a data set");

  writeAnimals(folder, "all.csv", ["cat", "dog=bat", "zebra"]);
  expect((await evaluate(folder, "results/small")).err).toContain(
    'the classes of the data set have changed since the training: expected classes "cat", "dog", "zebra", got',
  );
});

test("a run is found by the start of its fingerprint, and an exported file is rejected", async () => {
  const folder = prepare(smallSweep.replace(/sweep:[^]*/, "").replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const digits = folder.runFolder().slice(-12, -6);
  expect((await evaluate(folder, `results/small/${digits}`)).code).toBe(0);
  expect((await evaluate(folder, "results/small/ffff")).err).toContain("there is no such run or file");
  const file = join(folder.path, "torch.safetensors");
  const { code } = await folder.runProgram(["export", "results/small", "--to", "safetensors", "--out", file]);
  expect(code).toBe(0);
  expect((await evaluate(folder, file)).err).toContain("has the layout of PyTorch");
});

test("evaluate reports a network that does not have the metrics of its trial", async () => {
  const folder = prepare(smallSweep.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const trial = (number: number): string =>
    join(folder.runFolder(), "trials", `${number}`, "model.safetensors");
  copyFileSync(trial(1), trial(4));
  const { code, err } = await evaluate(folder, "results/small", "--trial", "4");
  expect(code).toBe(0);
  expect(err).toMatch(
    /^notice: validation\.loss is [\d.]+, but results\.csv has [\d.]+ for trial 4\. Either .*\/4\/model\.safetensors/,
  );
  expect((await evaluate(folder, "results/small", "--trial", "1")).err).toBe("");
});

test("evaluate reports that the data have changed since the training", async () => {
  const folder = prepare(smallSweep);
  expect((await folder.run()).code).toBe(0);
  expect((await evaluate(folder, "results/small")).err).toBe("");
  const file = join(folder.path, "data/mnist/train-images-idx3-ubyte");
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = 200;
  writeFileSync(file, bytes);
  const { code, err } = await evaluate(folder, "results/small");
  expect(code).toBe(0);
  expect(err).toMatch(/^notice: mnist \(data\/mnist\) has changed since .*model\.safetensors was trained\. /);
});

test("a folder here with the name of an experiment does not hide its runs below results/", async () => {
  const name = `evaluate-test-${process.pid}`;
  const results = join(workspaceFolder, "results");
  onTestFinished(() => rmSync(join(results, name), { recursive: true, force: true }));
  const folder = prepare(smallSweep.replace("name: small", `name: ${name}`));
  const args = ["experiment", "spec.yaml", "--data", "data", "--out", results];
  expect((await folder.runProgram(args)).code).toBe(0);
  mkdirSync(join(folder.path, name));
  const { code, out } = await evaluate(folder, name);
  expect(code).toBe(0);
  expect(out).toContain("model.safetensors");
});

test("a test set of one class can be evaluated, but not trained", async () => {
  const spec = smallSweep
    .replace(
      "{ type: mnist, validation: 100 }",
      "{ type: csv, training: train.csv, test: train.csv, validation: 9, label: first }",
    )
    .replace("units: 10", "units: 2")
    .replace("epochs: 8", "epochs: 1")
    .replace(/sweep:[^]*/, "");
  const folder = prepare(spec);
  const rows = Array.from({ length: 90 }, (_, n) => `${n % 2},${n % 5},${n % 7},${n % 4},${n % 3}\n`);
  folder.write("train.csv", rows.join(""));
  folder.write("ones.csv", rows.filter((row) => row.startsWith("1")).join(""));
  expect((await folder.run()).code).toBe(0);
  const dataset = "{ type: csv, test: ones.csv, label: first }";
  const { code, out } = await folder.runProgram([
    "evaluate",
    "results/small",
    "--dataset",
    dataset,
    "--json",
  ]);
  expect({ code, result: JSON.parse(out) }).toMatchObject({ code: 0, result: { confusion: [[0, 0], {}] } });
  folder.write("spec.yaml", spec.replaceAll("train.csv", "ones.csv"));
  expect((await folder.run()).err).toContain("expected images of at least two classes, got 45 images");
});
