import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readSafetensors } from "@nn/results";
import { encode } from "fast-png";
import { expect, test } from "vitest";

import type { BenchFolder } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

const CLASSES = ["cat, big", "dog", "emu"];

/** The data are in folders or files that each experiment names; every class has the same images. */
const spec = (dataset: string): string => `
name: small
dataset: ${dataset}
model: { layers: [{ type: flatten }, { type: dense, units: 3 }] }
optimizer: { type: sgd, learningRate: 0.01 }
training: { epochs: 1, batchSize: 6 }
`;

/** Writes the same images for every class, so that two thirds of the test images are misclassified. */
function writeImages(folder: BenchFolder, split: string, count: number, classes = CLASSES): void {
  for (const name of classes) {
    mkdirSync(join(folder.path, split, name), { recursive: true });
    for (let image = 0; image < count; image++) {
      const data = Uint8Array.from({ length: 4 }, (_, pixel) => (pixel === image % 4 ? 255 : 0));
      const png = encode({ width: 2, height: 2, channels: 1, data });
      writeFileSync(join(folder.path, split, name, `${image}.png`), png);
    }
  }
}

/** Returns the rows of a table without its header; the only quoted cell is the first class. */
function rowsOf(folder: BenchFolder, table: string): { header: string; rows: string[][] } {
  const [header = "", ...lines] = folder.read(`trials/1/${table}`).trim().split("\n");
  const rows = lines.map((line) => [...line.matchAll(/"([^"]*)"|([^,]+)/g)].map(([, a, b]) => a ?? b ?? ""));
  return { header, rows };
}

test("a run on folders of images names classes and files in its tables, metadata and environment", async () => {
  const folder = prepare(spec("{ type: images, training: train, test: test, validation: 6 }"));
  writeImages(folder, "train", 8);
  writeImages(folder, "test", 4);
  expect((await folder.run()).code).toBe(0);

  expect(rowsOf(folder, "classes.csv").rows.map(([name]) => name)).toEqual(CLASSES);
  const confusion = rowsOf(folder, "confusion.csv");
  expect(confusion.header).toBe('actual,"predicted cat, big",predicted dog,predicted emu');
  expect(confusion.rows.map(([name]) => name)).toEqual(CLASSES);

  const { header, rows } = rowsOf(folder, "mistakes.csv");
  expect(header).toBe("index,label,predicted,margin,file");
  expect(rows).toHaveLength(8);
  for (const [, label = "", predicted = "", , file = ""] of rows) {
    expect(CLASSES).toContain(predicted);
    expect(file.startsWith(`${label}/`)).toBe(true);
    expect(existsSync(join(folder.path, "test", file))).toBe(true);
  }
  // The validation images are from the training folder.
  const validation = rowsOf(folder, "validation-mistakes.csv");
  expect(validation.header).toBe(header);
  expect(rowsOf(folder, "validation-classes.csv").rows.map(([name]) => name)).toEqual(CLASSES);

  const { metadata } = readSafetensors(join(folder.runFolder(), "trials/1/model.safetensors"));
  expect(JSON.parse(metadata["classes"] ?? "")).toEqual(CLASSES);
  const environment = readFileSync(join(folder.runFolder(), "environment.json"), "utf8");
  expect(JSON.parse(environment)).toMatchObject({ data: [{ classes: CLASSES }] });
});

test("a run on CSV files names the classes, and the line of each misclassified image", async () => {
  const folder = prepare(
    spec("{ type: csv, training: train.csv, test: test.csv, label: first, validation: 0 }"),
  );
  const rows = CLASSES.map((name) => `"${name}",0,9,99,255\n`);
  folder.write("train.csv", [...rows, ...rows].join(""));
  folder.write("test.csv", rows.join(""));
  expect(await folder.run()).toMatchObject({ code: 0, err: "" });

  const mistakes = rowsOf(folder, "mistakes.csv");
  expect(mistakes.header).toBe("index,label,predicted,margin,row");
  expect(mistakes.rows).toHaveLength(2);
  // Line 1 has the first class.
  for (const [, label = "", , , row] of mistakes.rows) expect(CLASSES[Number(row) - 1]).toBe(label);
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({ data: [{ classes: CLASSES }] });

  // A copy of the network does not know where its data are.
  copyFileSync(join(folder.runFolder(), "trials/1/model.safetensors"), join(folder.path, "copy.safetensors"));
  expect((await folder.runProgram(["evaluate", "copy.safetensors"])).err).toMatch(
    /^notice: copy\.safetensors is not in the folder of its run\. The paths of data and of custom parts are taken/,
  );
});

test("no command prints a control character of the name of a class, a file or a folder", async () => {
  const folder = prepare("");
  const red = "\u001B[31mred\u0007\nname";
  mkdirSync(join(folder.path, red));
  const classes = [`cat${red}`, "dog"];
  for (const split of ["train", "test"]) writeImages(folder, `${red}/${split}`, 8, classes);
  const data = `{ type: images, training: ./train, test: ./test, validation: 6 }`;
  const text = spec(data).replace("units: 3", "units: 2");
  const file = `${red}/spec${red}.yaml`;
  folder.write(file, text);
  folder.write(
    `${red}/sweep.yaml`,
    `${text}sweep: { sampler: { type: grid }, parameters: { optimizer.learningRate: [0.1, 0.2] } }\n`,
  );
  folder.write(`${red}/fade.yaml`, `${text}augment: [{ type: shift, pixels: 1 }]\n`);
  const out = `${red}/results`;
  const run = `${out}/small`;
  const missing = `${red}/missing`;
  const printed: string[] = [];
  for (const command of [
    ["validate", file],
    ["validate", missing],
    ["experiment", file, "--out", out],
    ["experiment", `${red}/sweep.yaml`, "--out", out, "--set", "training.epochs=2"],
    ["experiment", file, "--out", out, "--dry-run"],
    ["experiment", file, "--out", `${file}/out`],
    ["evaluate", run, "--data", red],
    ["evaluate", `${run}/latest/trials/1`],
    ["predict", run, `${red}/test/cat${red}`, missing],
    ["compare", run],
    ["compare", out, missing],
    ["runs", "--out", out],
    ["runs", red, "--out", out],
    ["runs", "--out", missing],
    ["report", `${run}/latest`, run],
    ["report", run, "--out", `${red}/page.html`],
    ["export", run, "--to", "json", "--out", `${red}/net.json`],
    ["export", run, "--to", "json", "--out", `${red}/net.json`],
    ["preview", `${red}/fade.yaml`, "--out", `${red}/sheet.png`],
    ["schema", file],
    ["schema", file],
    ["explain", red],
    ["new", "layer", red],
    ["new", red, "layer"],
    ["verify", file],
    ["verify", file, "--write"],
    ["verify", file],
    ["experiment", run, "--refit"],
    [red],
    ["runs", `--${red}`],
    ["runs", "--watch", "--out", out],
  ]) {
    const { out: output, err } = await folder.runProgram(command);
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    if (/[\u0000-\u0009\u000B-\u001F]/.test(output + err))
      printed.push(`${JSON.stringify(command)}: ${JSON.stringify(output + err)}`);
  }
  expect(printed).toEqual([]);
  const { out: validated } = await folder.runProgram(["validate", file]);
  expect(validated).toContain("in 2 classes, cat�[31mred�↵name and dog;");
});
