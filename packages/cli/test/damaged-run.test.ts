import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { encode } from "fast-png";
import { expect, test } from "vitest";

import { smallSweep, type BenchFolder } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/** Runs the small sweep, then changes a file of the run. */
async function withDamage(file: string, change: (text: string) => string): Promise<BenchFolder> {
  const folder = prepare(smallSweep.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const path = join(folder.runFolder(), file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
  const data = new Uint8Array(28 * 28).fill(255);
  writeFileSync(
    join(folder.path, "\u001B[31mred\n.png"),
    encode({ width: 28, height: 28, data, channels: 1 }),
  );
  return folder;
}

test("a row that results.csv lacks is named by every command that reads the table", async () => {
  const folder = await withDamage("results.csv", (text) => text.replace(/^2,.*\n/m, ""));
  const table = join(folder.runFolder(), "results.csv");
  const notice = `notice: ${table} lacks trial 2, which journal.jsonl has.`;
  for (const args of [
    ["compare", "results/small"],
    ["runs", "--out", "results"],
    ["predict", "results/small", "\u001B[31mred\n.png", "--style", "picture"],
    ["evaluate", "results/small", "--data", "data"],
    ["export", "results/small", "--to", "json", "--out", "x.json"],
  ]) {
    const { code, err } = await folder.runProgram(args);
    expect({ args, code, err }).toEqual({ args, code: 0, err: expect.stringContaining(notice) });
  }
  // The run writes the table again.
  expect((await folder.run()).code).toBe(0);
  expect((await folder.runProgram(["compare", "results/small"])).err).toBe("");
});

test("a row with an old status or old epochs counts as missing", async () => {
  const folder = await withDamage("results.csv", (text) =>
    text
      .replace(/^1,completed,(.*)$/m, "1,failed,$1")
      .replace(/^3,completed,(\d+),([^,]*),1,/m, "3,completed,$1,$2,7,"),
  );
  const table = join(folder.runFolder(), "results.csv");
  const runs = await folder.runProgram(["runs", "--out", "results"]);
  expect(runs.err).toContain(`notice: ${table} has other results of trials 1, 3 than journal.jsonl. Run the`);
  expect(runs.out).toContain("4 of 4");
  expect(runs.out).not.toContain("failed");
  expect((await folder.run()).code).toBe(0);
  expect((await folder.runProgram(["runs", "--out", "results"])).err).toBe("");
});

test("a run whose results.csv is missing or damaged says the same in every command", async () => {
  const folder = await withDamage("results.csv", () => "");
  const run = folder.runFolder();
  const commands = [
    ["compare", "results/small"],
    ["report", "results/small"],
    ["predict", "results/small", "x.png"],
    ["export", "results/small", "--to", "json"],
    ["runs", "--out", "results"],
  ];
  const expectEverywhere = async (message: string): Promise<void> => {
    for (const args of commands) {
      const { code, err } = await folder.runProgram(args);
      expect({ args, code, err }).toEqual({
        args,
        code: args[0] === "runs" ? 2 : 1,
        err: expect.stringContaining(`${args[0] === "runs" ? "notice" : "error"}: ${message}`),
      });
      expect(err).not.toContain("--out");
    }
  };
  const table = join(run, "results.csv");
  const again = "run the experiment again to rewrite the file.";
  await expectEverywhere(
    `${table}: expected a line of column names, got an empty file. Correct it, or ${again}`,
  );
  rmSync(table);
  await expectEverywhere(
    `${table} lacks trials 1, 2, 3, 4, which journal.jsonl has. Run the experiment again`,
  );
  expect((await folder.run()).code).toBe(0);
  expect((await folder.runProgram(["runs", "--out", "results"])).err).toBe("");

  writeFileSync(join(run, "experiment.yaml"), "name: small\nseed: [\u0007");
  await expectEverywhere(
    `${join(run, "experiment.yaml")}, line 2: expected YAML, got "seed: [�", which cannot be`,
  );
  rmSync(join(run, "experiment.yaml"));
  const missing =
    "this file is missing, so the folder does not contain a complete run (ENOENT). Restore the file, or";
  await expectEverywhere(
    `Cannot read ${join(run, "experiment.yaml")}: ${missing} run the experiment again to rewrite it.`,
  );
});

test("a run without its journal is reported in a notice", async () => {
  const folder = await withDamage("results.csv", String);
  const run = folder.runFolder();
  rmSync(join(run, "journal.jsonl"));
  const { code, err } = await folder.runProgram(["runs", "--out", "results"]);
  expect(code).toBe(2);
  expect(err).toContain(`notice: ${run} has no journal.jsonl, so it is not listed.`);
  expect(err).toContain("there are no runs");
});

test("a duplicated row is an error with its line", async () => {
  const folder = await withDamage("results.csv", (text) => text.replace(/^2,.*\n/m, "$&$&"));
  expect(await folder.runProgram(["compare", "results/small"])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/results\.csv, line 4: .* got trial 2 again, after line 3/),
  });
});

test("without a usable environment.json, a notice says where the data are searched", async () => {
  const folder = await withDamage("environment.json", (text) => text.slice(0, -40));
  const { code, err } = await folder.runProgram(["evaluate", "results/small", "--data", "data"]);
  expect(code).toBe(0);
  expect(err).toMatch(
    /^notice: .*environment\.json does not contain the path of the experiment file\. The paths of data/,
  );
  const { out, ...runs } = await folder.runProgram(["runs", "--out", "results"]);
  expect(runs.err).toMatch(/^notice: .*environment\.json does not contain the number of trials of the run/);
  expect(out).not.toContain("stopped");
});

test("the name of an image cannot control the terminal", async () => {
  const folder = await withDamage("results.csv", String);
  const args = [
    "predict",
    "results/small",
    "\u001B[31mred\n.png",
    "missing\u009B2J.png",
    "--style",
    "picture",
  ];
  const { code, out, err } = await folder.runProgram(args);
  expect(code).toBe(1);
  expect(out).toContain("\n�[31mred↵.png\n");
  expect(err).toContain("error: missing�2J.png: there is no such image or folder");
});

test.each([
  [
    "metric: validation.accuracy",
    "metric: validation.acuracy",
    "expected sweep.metric to be one of train.loss,",
  ],
  [
    "metric: validation.accuracy",
    "$&\n  goal: max",
    'expected sweep.goal to be one of maximize, minimize, got "max"',
  ],
  [
    "name: small",
    `name: &a [1]\nb: &b [${"*a,".repeat(99)}]\nc: [${"*b,".repeat(99)}]`,
    "expected no aliases",
  ],
])("experiment.yaml with another %s is an error that names the file", async (from, to, message) => {
  const folder = await withDamage("experiment.yaml", (text) => text.replace(from, to));
  for (const args of [["compare"], ["predict"], ["export", "--to", "json"]]) {
    const [command = "", ...rest] = args;
    const image = command === "predict" ? ["\u001B[31mred\n.png"] : [];
    const { code, err } = await folder.runProgram([command, "results/small", ...image, ...rest]);
    expect({ command, code, err }).toEqual({ command, code: 1, err: expect.stringContaining(message) });
    expect(err).toContain(join(folder.runFolder(), "experiment.yaml"));
  }
});
