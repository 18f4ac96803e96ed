import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readResults } from "@nn/results";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { smallSweep } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

test("best.yaml trains the best configuration of a sweep to the same results", async () => {
  const folder = prepare(smallSweep);
  const { out } = await folder.run();
  const { rows } = readResults(join(folder.runFolder(), "results.csv"));
  const best = Number(/Best: learningRate (\S+) /.exec(out)![1]);
  const file = join(folder.runFolder(), "best.yaml");
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(/^# The best configuration of the sweep small\.\n/);
  expect(text).toMatch(
    /\n# Chosen by validation\.accuracy, the mean over 2 seeds: 0\.\d+, of 2 configurations\.\n/,
  );
  expect(parse(text)).toMatchObject({ name: "small-best", repeats: 2, optimizer: { learningRate: best } });
  expect(out).toMatch(
    /The experiment file of the best configuration: results\/small\/[0-9a-f]{12}\/best\.yaml\./,
  );

  const again = await folder.runProgram(["experiment", file, "--out", "results", "--data", "data"]);
  expect(again.code).toBe(0);
  const own = readResults(join(folder.runFolder("small-best"), "results.csv")).rows;
  const expected = rows.filter(({ parameters }) => Number(parameters["optimizer.learningRate"]) === best);
  expect(own.map(({ seed, test: tested }) => ({ seed, tested }))).toEqual(
    expected.map(({ seed, test: tested }) => ({ seed, tested })),
  );
});

test("refit trains the best configuration on all images, for the mean best epoch if it stopped early", async () => {
  const stopping = smallSweep.replace("batchSize: 32", "batchSize: 32, earlyStopping: { patience: 1 }");
  const folder = prepare(stopping);
  expect((await folder.run()).code).toBe(0);
  const command = ["refit", "results/small/latest", "--out", "results", "--data", "data"];
  const { code, out, err } = await folder.runProgram(command);
  expect(code).toBe(0);
  const epochs = Number(
    /notice: without .* early stopping: training (\d+) epochs?, the mean best epoch/.exec(err)![1],
  );
  expect(out).toContain("none held out for validation");
  const { rows } = readResults(join(folder.runFolder("small-refit"), "results.csv"));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toMatchObject({ status: "completed", epochs, validation: undefined });

  writeFileSync(join(folder.runFolder(), "best.yaml"), "[");
  const damaged = await folder.runProgram(["refit", "results/small/latest"]);
  expect(damaged.code).toBe(1);
  expect(damaged.err).toMatch(/best\.yaml, line 1: expected YAML, .* Run the experiment again/);

  const single = prepare(smallSweep.replace(/sweep:[^]*/, ""));
  expect((await single.run(["--set", "training.epochs=1"])).code).toBe(0);
  expect(existsSync(join(single.runFolder(), "best.yaml"))).toBe(false);
  const refused = await single.runProgram(["refit", "results/small"]);
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("this run has no best.yaml") });
  expect(refused.err).toMatch(
    / experiment spec\.yaml --set training\.epochs=1 --set name=small-refit --set dataset\.validation=0$/,
  );
});

test("custom parts are found from best.yaml, in its other folder", async () => {
  const folder = prepare(
    smallSweep.replace("{ type: relu }", "{ type: ./same.ts }").replace("epochs: 8", "epochs: 1"),
  );
  writeFileSync(
    join(folder.path, "same.ts"),
    `import { defineLayer } from "@nn/layers";
import { Type } from "typebox";
export default defineLayer({
  type: "same",
  description: "y = x",
  options: Type.Object({}),
  plan: (_options, outputShape) => ({ outputShape, build: () => ({ forward: (x) => x, backward: (dy) => dy }) }),
});
`,
  );
  expect((await folder.run()).code).toBe(0);
  const { code, err } = await folder.runProgram(["validate", join(folder.runFolder(), "best.yaml")]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
});

test("each kept network has a model card; with loggers, there are event files; the results do not change", async () => {
  const folder = prepare(smallSweep);
  expect((await folder.run()).code).toBe(0);
  const plain = folder.promisedFiles();
  const card = folder.read("trials/3/model-card.md");
  expect(card).toContain("model-index:");
  expect(card).toMatch(/\n# small\n/);
  expect(card).toContain("accuracy, 2 seeds");
  rmSync(folder.runFolder(), { recursive: true });

  const keep =
    "keep: { networks: 1, outputs: 0, checkpoints: all }\nloggers: [{ type: tensorboard }]\nsweep:";
  folder.write("spec.yaml", smallSweep.replace("sweep:", keep));
  expect((await folder.run()).code).toBe(0);
  const files = (pattern: string): string[] => globSync(pattern, { cwd: folder.runFolder() }).sort();
  const kept = files("trials/*/model.safetensors").map((path) => path.split("/")[1]);
  expect(kept).toHaveLength(2);
  expect(files("trials/*/model-card.md").map((path) => path.split("/")[1])).toEqual(kept);
  expect(files("trials/*/outputs.safetensors")).toEqual([]);
  expect(files("tensorboard/*/events.out.tfevents.*").map((path) => path.split("/")[1])).toEqual([
    "1",
    "2",
    "3",
    "4",
  ]);
  for (const table of ["results.csv", "epochs.csv"]) expect(folder.promisedFiles()[table]).toBe(plain[table]);
});

test("the run prints which files keep has deleted, and the trials can still be reused", async () => {
  const folder = prepare(smallSweep);
  expect((await folder.run()).out).not.toContain("Deleted");
  const fewer = await folder.run(["--set", "keep={ networks: 1, outputs: 1, checkpoints: all }"]);
  expect(fewer.out).toContain("Deleted the networks and outputs of 2 trials outside the best configurations");
  const more = await folder.run(["--set", "keep={ networks: all }"]);
  expect(more.out).toContain(
    "The networks and outputs of 2 trials were deleted before. Use --fresh to train them again.",
  );
  const outputs = await folder.run(["--set", "keep={ networks: 1, outputs: all }"]);
  expect(outputs.out).toContain(
    "The outputs of 2 trials were deleted before. Use --fresh to train them again.",
  );
  const grown = await folder.run(["--set", "repeats=3", "--dry-run"]);
  expect(grown.out).toContain("4 of 6 trials are reused");
});

test("event files can be added to a finished run", async () => {
  const folder = prepare(smallSweep.replace(/sweep:[^]*/, ""));
  expect((await folder.run(["--set", "training.epochs=2"])).code).toBe(0);
  const args = ["--set", "training.epochs=2", "--set", "loggers=[{ type: tensorboard }]"];
  expect((await folder.run(args)).code).toBe(0);
  expect(globSync("tensorboard/*/events.out.tfevents.*", { cwd: folder.runFolder() })).toHaveLength(2);
  const runs = await folder.runProgram(["runs", "small", "--out", "results"]);
  expect(runs.out).toMatch(/ training\.epochs=2$/m);
  expect((await folder.runProgram(["runs", "other", "--out", "results"])).err).toContain(
    "there is no run of this name",
  );
});
