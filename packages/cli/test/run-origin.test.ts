import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readRun } from "../src/report/read-run.ts";
import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const single = smallSweep.replace("repeats: 2\n", "").replace(/sweep:[^]*/, "");

test("only training changes the record of how a run was made, and the run's own copy keeps its origin", async () => {
  const folder = prepare(single);
  expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
  const recorded = folder.read("environment.json");
  expect(JSON.parse(recorded)).toMatchObject({ set: ["training.epochs=1"] });
  // The same training, without --set.
  folder.write("spec.yaml", single.replace("epochs: 8", "epochs: 1"));
  const again = await folder.run();
  expect(again.out).toContain("there is nothing to train");
  expect(again.out).not.toContain("\n\n\n");
  expect(folder.read("environment.json")).toBe(recorded);

  const copy = join(folder.runFolder(), "experiment.yaml");
  const command = ["experiment", copy, "--out", "results", "--data", "data"];
  expect((await folder.runProgram(command)).code).toBe(0);
  expect(folder.read("environment.json")).toBe(recorded);
  expect((await folder.runProgram([...command, "--fresh"])).out).not.toContain("nothing to train");
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({
    experiment: join(folder.path, "spec.yaml"),
    set: ["training.epochs=1"],
  });

  // Training from another file is another way to make the run.
  expect((await folder.run(["--fresh"])).code).toBe(0);
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({ set: [] });
});

test("the command of the report trains the run again, in another folder", async () => {
  const folder = prepare(single.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const [, , , file = "", ...options] = readRun(folder.runFolder()).command.split(" ");
  const { code, out } = await folder.runProgram(["experiment", file, ...options, "--data", "data"]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("Results in results/again/small/") });
  expect(out).not.toContain("nothing to train");
});

test("after the folder of an experiment is moved, running the finished run again corrects its path", async () => {
  const folder = prepare(single);
  mkdirSync(join(folder.path, "old"));
  const dataset = "{ type: csv, training: a.csv, test: a.csv, validation: 9, label: first }";
  const csv = single
    .replace("{ type: mnist, validation: 100 }", dataset)
    .replace("units: 10", "units: 3")
    .replace("epochs: 8", "epochs: 1");
  writeFileSync(join(folder.path, "old", "spec.yaml"), csv);
  const rows = Array.from({ length: 60 }, (_, n) => `${n % 3},${n % 5},${n % 7},${n % 4},${n % 3}\n`);
  writeFileSync(join(folder.path, "old", "a.csv"), rows.join(""));
  const experiment = (place: string) =>
    folder.runProgram(["experiment", `${place}/spec.yaml`, "--out", "results"]);
  expect((await experiment("old")).code).toBe(0);
  const recorded: object = JSON.parse(folder.read("environment.json"));
  renameSync(join(folder.path, "old"), join(folder.path, "new"));

  const lost = await folder.runProgram(["evaluate", "results/small"]);
  expect(lost.code).not.toBe(0);
  expect(lost.err).toContain(
    `environment.json names the experiment file ${join(folder.path, "old/spec.yaml")}, whose folder does not exist`,
  );
  const again = await experiment("new");
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining("nothing to train") });
  expect(JSON.parse(folder.read("environment.json"))).toEqual({
    ...recorded,
    experiment: join(folder.path, "new/spec.yaml"),
  });
  expect(await folder.runProgram(["evaluate", "results/small"])).toMatchObject({ code: 0, err: "" });
});

test("a lost environment.json is written again with the data of the journal", async () => {
  const folder = prepare(single.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const { data }: { data: unknown[] } = JSON.parse(folder.read("environment.json"));
  expect(data).toHaveLength(1);
  const file = join(folder.runFolder(), "environment.json");
  rmSync(file);
  expect((await folder.run()).out).toContain("nothing to train");
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({ data });

  // An earlier version has written it again without the data.
  writeFileSync(file, JSON.stringify({ ...JSON.parse(folder.read("environment.json")), data: [] }));
  expect((await folder.run()).out).toContain("nothing to train");
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({ data });
});
