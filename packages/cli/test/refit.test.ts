import {
  appendFileSync,
  cpSync,
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { readResults } from "@nn/results";
import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const sweep = smallSweep.replace("epochs: 8", "epochs: 1");

test("refit refuses a single trial and names the command for its run", async () => {
  const folder = prepare(sweep);
  expect((await folder.run()).code).toBe(0);
  for (const trial of ["trials/1", "trials/1/model.safetensors"]) {
    const { code, out, err } = await folder.runProgram(["refit", `results/small/latest/${trial}`]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(
      `results/small/latest/${trial}: this is trial 1 of a run, but refit trains the best configuration`,
    );
    expect(err).toMatch(/Give the run:\n {2}node .* refit results\/small\/[0-9a-f]{12}$/);
  }
});

test("a dry run and a refused --out of refit write nothing; the dry run shows the run that refit makes", async () => {
  const folder = prepare(
    sweep.replace("epochs: 1", "epochs: 2").replace("batchSize: 32", "batchSize: 32, earlyStopping: {}"),
  );
  expect((await folder.run()).code).toBe(0);
  const files = () =>
    new Set(readdirSync(join(folder.path, "results"), { recursive: true, encoding: "utf8" }));
  const before = files();
  const command = ["refit", "results/small/latest", "--out", "results", "--data", "data"];
  const dry = await folder.runProgram([...command, "--dry-run"]);
  expect(dry.code).toBe(0);
  expect(dry.out).toContain("none held out for validation");
  expect(dry.out).toContain("This dry run wrote nothing");
  expect(dry.err).toMatch(
    /notice: without validation images there is no early stopping: training [12] epoch/,
  );
  expect(files()).toEqual(before);

  const inside = await folder.runProgram(["refit", "results/small/latest", "--out", "results/small/latest"]);
  expect(inside.code).toBe(2);
  expect(inside.err).toContain("--out results/small/latest: this is the folder of a run");
  expect(files()).toEqual(before);

  expect((await folder.runProgram(command)).code).toBe(0);
  expect(dry.out).toContain(`A run would write its results to ${join("results", "small-refit")}/`);
  const [, fingerprint] = /results\/small-refit\/([0-9a-f]{12})\./.exec(dry.out) ?? [];
  expect(folder.runFolder("small-refit")).toMatch(new RegExp(`${fingerprint}$`));
});

test("a schedule that needs validation is refused, and the run does not recommend refit", async () => {
  const folder = prepare(`${sweep}schedule: { type: reduce-on-plateau }\n`);
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).toContain("The experiment file of the best configuration: ");
  expect(out).not.toContain(" refit ");
  const refused = await folder.runProgram(["refit", "results/small/latest"]);
  expect(refused).toMatchObject({ code: 2, out: "" });
  expect(refused.err).toMatch(
    /best\.yaml: the best configuration has the schedule reduce-on-plateau, which needs validation images/,
  );
  expect(existsSync(join(folder.runFolder(), "refit.yaml"))).toBe(false);
});

test("refit trains as many epochs as early stopping kept, and the model card names that epoch", async () => {
  // Only the first epoch improves by so much, though the accuracy improves further.
  const stopping = "batchSize: 32, earlyStopping: { patience: 2, minDelta: 100 }";
  const folder = prepare(smallSweep.replace("batchSize: 32", stopping));
  expect((await folder.run()).code).toBe(0);
  const { rows } = readResults(join(folder.runFolder(), "results.csv"));
  expect(rows.map(({ epochs, bestEpoch }) => [epochs, bestEpoch])).toEqual(rows.map(() => [3, 1]));
  expect(folder.read("trials/1/model-card.md")).toContain("3; the weights are those of epoch 1");
  const command = ["refit", "results/small/latest", "--out", "results", "--data", "data"];
  const refit = await folder.runProgram(command);
  expect(refit).toMatchObject({ code: 0, err: expect.stringContaining("training 1 epoch, ") });

  // The trials are reused in a run that ranks by another metric.
  const reused = await folder.run(["--set", "sweep.metric=train.loss"]);
  expect(reused.out).toContain("4 of 4 trials are reused");
  const tables = globSync(join(folder.path, "results/small/*/results.csv")).map((file) => readResults(file));
  const best = tables.map((table) => table.rows.map(({ bestEpoch }) => bestEpoch));
  const ones = [1, 1, 1, 1];
  expect(best).toEqual([ones, ones]);
});

test("refit takes the epochs of the trials of best.yaml, whatever results.csv ranks first", async () => {
  const stopping = "batchSize: 32, earlyStopping: { patience: 2, minDelta: 100 }";
  const folder = prepare(smallSweep.replace("batchSize: 32", stopping));
  expect((await folder.run()).code).toBe(0);
  const [, first] = /^# Its trials: (\d+)/m.exec(folder.read("best.yaml")) ?? [];
  const table = join(folder.runFolder(), "results.csv");
  const { rows, sweptPaths } = readResults(table);
  expect(sweptPaths).toHaveLength(1);
  const whole = folder.read("results.csv");
  // A person has changed the table: the other configuration is the best, and its best epoch is another.
  const lines = whole.split("\n").map((line) => {
    const cells = line.split(",");
    const isBest = rows.find(({ trial }) => String(trial) === cells[0])?.trial;
    if (isBest === undefined || [Number(first), Number(first) + 1].includes(isBest)) return line;
    const columns = whole.split("\n")[0]!.split(",");
    cells[columns.indexOf("bestEpoch")] = "3";
    cells[columns.indexOf("validation.accuracy")] = "1";
    return cells.join(",");
  });
  writeFileSync(table, lines.join("\n"));
  const command = ["refit", "results/small/latest", "--out", "results", "--data", "data", "--dry-run"];
  expect((await folder.runProgram(command)).err).toContain("training 1 epoch, ");

  writeFileSync(table, whole.replace(new RegExp(`^${first},.*\n`, "m"), ""));
  const { code, err } = await folder.runProgram(command);
  expect(code).toBe(1);
  expect(err).toContain(
    `results.csv lacks trial ${first}, which journal.jsonl has. Run the experiment again`,
  );
});

test("refit refuses a run that is not finished, although it has a best.yaml", async () => {
  const folder = prepare(sweep);
  expect((await folder.run()).code).toBe(0);
  const best = folder.read("best.yaml");
  const lines = folder.read("journal.jsonl").split("\n");
  const end = lines.findIndex((line) => line.includes('"trial-started","trial":3'));
  writeFileSync(join(folder.runFolder(), "journal.jsonl"), `${lines.slice(0, end).join("\n")}\n`);
  const table = folder.read("results.csv").replace(/^[34],.*\n/gm, "");
  writeFileSync(join(folder.runFolder(), "results.csv"), table);
  const command = ["refit", "results/small/latest", "--out", "results", "--data", "data"];
  expect(await folder.runProgram(command)).toMatchObject({
    code: 2,
    err: expect.stringContaining("the run is not finished: 2 of 4 trials have ended"),
  });
  expect((await folder.run()).code).toBe(0);
  expect(folder.read("best.yaml")).toBe(best);
});

test("refit reports data and a custom layer that have changed since the sweep", async () => {
  const folder = prepare(sweep.replace("{ type: relu }", "{ type: ./layers/swish.ts }"));
  const layers = fileURLToPath(new URL("../../../experiments/layers", import.meta.url));
  cpSync(layers, join(folder.path, "layers"), { recursive: true });
  expect((await folder.run()).code).toBe(0);
  const command = ["refit", "results/small/latest", "--out", "results", "--data", "data", "--dry-run"];
  expect(await folder.runProgram(command)).toMatchObject({ code: 0, err: "" });

  appendFileSync(join(folder.path, "layers/swish.ts"), "// A remark.\n");
  const images = join(folder.path, "data/mnist/train-images-idx3-ubyte");
  const bytes = readFileSync(images);
  bytes[bytes.length - 1] = 200;
  writeFileSync(images, bytes);
  const { code, err } = await folder.runProgram(command);
  expect(code).toBe(0);
  const changed = "has changed since the sweep, which chose the best configuration with the earlier";
  expect(err).toContain(`notice: mnist (data/mnist) ${changed} data\n`);
  expect(err).toMatch(new RegExp(`^notice: \\S+/layers/swish\\.ts ${changed} file$`, "m"));
});

test("if the best configuration cannot be trained for the mean best epoch, refit advises a copy", async () => {
  const stopping = "batchSize: 32, average: { type: swa, from: 8 }, earlyStopping: { minDelta: 100 }";
  const folder = prepare(smallSweep.replace("batchSize: 32", stopping));
  expect((await folder.run()).code).toBe(0);
  const { code, out, err } = await folder.runProgram(["refit", "results/small/latest", "--data", "data"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("refit cannot train the best configuration on all images: swa: starts with epoch 8");
  expect(err).toMatch(
    /To train it, change a copy of \S+best\.yaml, and set dataset\.validation to 0 there\./,
  );
  expect(existsSync(join(folder.runFolder(), "refit.yaml"))).toBe(false);
});

/** The sweep on CSV files, with a custom layer. */
const csvSweep = sweep
  .replace(
    "{ type: mnist, validation: 100 }",
    "{ type: csv, training: train.csv, test: train.csv, validation: 9 }",
  )
  .replace("{ type: relu }", "{ type: ./layers/swish.ts }")
  .replace("units: 10", "units: 3");

function prepareCsv() {
  const folder = prepare(csvSweep);
  const layers = fileURLToPath(new URL("../../../experiments/layers", import.meta.url));
  cpSync(layers, join(folder.path, "layers"), { recursive: true });
  const rows = Array.from({ length: 60 }, (_, n) => `${n % 3},${n % 5},${n % 7},${n % 4},${n % 3}\n`);
  folder.write("train.csv", rows.join(""));
  return folder;
}

test("refit of a copied run finds the data and the custom parts, as evaluate does", async () => {
  const folder = prepareCsv();
  expect((await folder.run(["--set", "dataset.label=first"])).code).toBe(0);
  const copy = join(folder.path, "deep/er/copied");
  cpSync(folder.runFolder(), copy, { recursive: true });
  expect(await folder.runProgram(["evaluate", copy])).toMatchObject({ code: 0 });
  const command = ["refit", copy, "--out", "results"];
  expect(await folder.runProgram([...command, "--dry-run"])).toMatchObject({ code: 0 });
  expect(await folder.runProgram(command)).toMatchObject({ code: 0 });
  // Named after the experiment, not after the folder of the copy.
  expect(readdirSync(join(folder.path, "results"))).toEqual(["small", "small-refit"]);
});

test("refit reports missing data at best.yaml, not at an option that nobody typed", async () => {
  const folder = prepareCsv();
  expect((await folder.run(["--set", "dataset.label=first"])).code).toBe(0);
  rmSync(join(folder.path, "train.csv"));
  const { code, err } = await folder.runProgram(["refit", folder.runFolder()]);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: \S+\/best\.yaml: refit cannot train the best configuration on all images: /);
  expect(err).toContain("train.csv");
  expect(err).not.toContain("--set");
});
