import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { workspaceFolder } from "@nn/runner";
import { afterAll, expect, test } from "vitest";

import { smallSweep, type BenchFolder } from "./support/bench-folder.ts";
import { waitUntil } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
// Results of `verify` are in the workspace, below this name.
const name = `verify-test-${process.pid}`;
afterAll(() => rmSync(join(workspaceFolder, "results/.verify", name), { recursive: true, force: true }));

const verify = (folder: BenchFolder, ...args: readonly string[]) =>
  folder.runProgram(["verify", "spec.yaml", "--data", "data", ...args]);

test("the same bytes are confirmed; a difference is named with trial, epoch, column and environment", async () => {
  const folder = prepare(
    smallSweep.replace("name: small", `name: ${name}`).replace("epochs: 8", "epochs: 2"),
  );
  const missing = await verify(folder);
  expect(missing).toMatchObject({ code: 2, out: "" });
  expect(missing.err).toBe(
    `error: spec.yaml: there are no expected results in expected/${name}\n  Write them with --write, and commit them.`,
  );

  const written = await verify(folder, "--write");
  expect(written.code).toBe(0);
  expect(written.out).toContain(`Wrote the expected results of ${name} to expected/${name}.`);
  const expected = join(folder.path, "expected", name);
  const kept = readFileSync(join(expected, "epochs.csv"));
  rmSync(join(expected, "epochs.csv"));
  expect((await verify(folder)).err).toContain(
    `error: spec.yaml: there is no epochs.csv in expected/${name}\n`,
  );
  writeFileSync(join(expected, "epochs.csv"), kept);
  expect(readFileSync(join(expected, "environment.json"), "utf8")).not.toContain(folder.path);
  const same = await verify(folder, "--workers", "1");
  expect(same.code).toBe(0);
  expect(same.out).toContain(`${name}: results.csv and epochs.csv have the expected bytes.`);

  const epochs = readFileSync(join(expected, "epochs.csv"), "utf8").split("\n");
  epochs[3] = epochs[3]!.replace(/^(2,1,)[^,]*/, "$10.125");
  writeFileSync(join(expected, "epochs.csv"), epochs.join("\n"));
  const environment = JSON.parse(readFileSync(join(expected, "environment.json"), "utf8"));
  writeFileSync(join(expected, "environment.json"), JSON.stringify({ ...environment, node: "v1.0.0" }));
  const other = await verify(folder);
  expect(other.code).toBe(1);
  expect(other.out).toMatch(
    /\n {2}epochs\.csv, trial 2, epoch 1, column train\.loss: expected 0\.125, got \d/,
  );
  expect(other.out).toContain(`  node: expected results from v1.0.0, now ${process.version}\n`);
  expect(other.out).not.toMatch(/results\.csv, |data: /);
  expect(existsSync(join(workspaceFolder, "results/.verify", name, "latest/results.csv"))).toBe(true);
});

test("a sweep that ends by time is refused, and nothing is written", async () => {
  const folder = prepare(
    `${smallSweep.replace("name: small", `name: ${name}`)}  budget: { minutes: 0.05 }\n`,
  );
  const { code, out, err } = await verify(folder, "--write");
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("sweep.budget.minutes: 0.05 ends the sweep by time");
  expect(existsSync(join(folder.path, "expected"))).toBe(false);
});

test("experiments of the same name do not share expected results", async () => {
  const spec = smallSweep.replace("name: small", `name: ${name}`).replace("epochs: 8", "epochs: 1");
  const folder = prepare(spec);
  folder.write("other.yaml", spec.replace("epochs: 1", "epochs: 2"));
  const message = (file: string, other: string) =>
    `error: ${file}: expected/${name} is for the expected results of ${other}, which has the same name\n`;
  const both = await verify(folder, "other.yaml", "--write");
  expect(both).toMatchObject({ code: 2, err: expect.stringContaining(message("other.yaml", "spec.yaml")) });
  expect((await verify(folder, "--write")).code).toBe(0);
  expect((await verify(folder, "--write")).code).toBe(0);
  const { code, err } = await folder.runProgram(["verify", "other.yaml", "--data", "data", "--write"]);
  expect(code).toBe(2);
  expect(err).toBe(
    `${message("other.yaml", "spec.yaml")}  Change "name" in one of the files, or delete the folder.`,
  );
});

test("an interrupted verify does not promise to resume, because it always trains all trials", async () => {
  const folder = prepare(
    smallSweep.replace("name: small", `name: ${name}`).replace("epochs: 8", "epochs: 100000"),
  );
  const results = join(workspaceFolder, "results/.verify", name);
  rmSync(results, { recursive: true, force: true });
  const run = folder.startProgram(["verify", "spec.yaml", "--data", "data", "--write"]);
  const journals = () => globSync("*/journal.jsonl", { cwd: results });
  await waitUntil(run, () =>
    journals().some((file) => readFileSync(join(results, file), "utf8").includes('"trial-started"')),
  );
  run.kill("SIGINT");
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  expect(stdout).toContain("Interrupted. The same command starts over.");
  expect(stdout).not.toMatch(/resume|kept/i);
});
