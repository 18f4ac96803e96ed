import { globSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

import type { BenchFolder } from "./support/bench-folder.ts";
import { smallSweep } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
/** More configurations than keep their files by default. */
const rates = Array.from({ length: 11 }, (_, index) => 0.01 * (index + 1));
const sweep = `${smallSweep.replace("repeats: 2\n", "").replace("epochs: 8", "epochs: 1")}
keep: { networks: all, outputs: all, checkpoints: all }
loggers: [{ type: tensorboard }]
`.replace("[0.03, 0.1]", JSON.stringify(rates));

function runCopy(folder: BenchFolder, ...set: string[]): ReturnType<BenchFolder["runProgram"]> {
  const copy = join(folder.runFolder(), "experiment.yaml");
  return folder.runProgram(["experiment", copy, "--out", "results", "--data", "data", ...set]);
}

const countNetworks = (folder: BenchFolder): number =>
  globSync("trials/*/model.safetensors", { cwd: folder.runFolder() }).length;

test("the copy of an experiment in its run contains keep and loggers, so running it deletes nothing", async () => {
  const folder = prepare(sweep);
  expect((await folder.run()).code).toBe(0);
  expect(countNetworks(folder)).toBe(11);
  const copy = folder.read("experiment.yaml");
  expect(parse(copy)).toMatchObject({
    keep: { networks: "all", outputs: "all", checkpoints: "all" },
    loggers: [{ type: "tensorboard" }],
  });
  const { code, out, err } = await runCopy(folder);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("nothing to train");
  expect(out).not.toContain("Deleted");
  expect(countNetworks(folder)).toBe(11);
  expect(folder.read("experiment.yaml")).toBe(copy);
});

test("the copy of an older version has no keep, so running it deletes nothing unless keep is set", async () => {
  const folder = prepare(sweep);
  expect((await folder.run()).code).toBe(0);
  const older = folder.read("experiment.yaml").replace(/^(keep|loggers):[^]*?(?=^\w|$(?![^]))/gm, "");
  expect(older).not.toContain("keep");
  writeFileSync(join(folder.runFolder(), "experiment.yaml"), older);
  const { code, err } = await runCopy(folder);
  expect(code).toBe(0);
  expect(err).toMatch(/notice: results\/small\/[0-9a-f]{12}\/experiment\.yaml is of an older version/);
  expect(countNetworks(folder)).toBe(11);

  const fewer = await runCopy(folder, "--set", "keep.networks=2");
  expect(fewer.out).toContain("Deleted the networks and outputs of 9 trials");
  expect(countNetworks(folder)).toBe(2);
});
