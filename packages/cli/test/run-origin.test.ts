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
