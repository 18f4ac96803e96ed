import { once } from "node:events";
import { readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const single = smallSweep.replace(/sweep:[^]*/, "");

test("each run has its trials, its best configuration and what --set changed; the newest comes last", async () => {
  const folder = prepare(smallSweep);
  expect((await folder.run(["--set", "training.epochs=2"])).code).toBe(0);
  folder.write("spec.yaml", single.replace("name: small", "name: other"));
  expect((await folder.run()).code).toBe(0);
  const { code, out, err } = await folder.runProgram(["runs", "--out", "results"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const [header, ...rows] = out.trimEnd().split("\n");
  expect(header).toMatch(/^run +last change +trials +best +of +changed by --set$/);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatch(/^small\/[0-9a-f]{12} +\d{4}-\d\d-\d\d \d\d:\d\d +4 of 4 /);
  expect(rows[0]).toMatch(/validation\.accuracy \d+\.\d\d % ± \d+\.\d\d % +learningRate 0\.\d+ /);
  expect(rows[0]).toMatch(/ training\.epochs=2$/);
  expect(rows[1]).toMatch(/^other\/[0-9a-f]{12} .* 2 of 2 /);

  const json: unknown = JSON.parse((await folder.runProgram(["runs", "--out", "results", "--json"])).out);
  expect(json).toMatchObject([
    { name: "small", status: "finished", done: 4, failed: 0, trials: 4, set: ["training.epochs=2"] },
    { name: "other", status: "finished", done: 2, trials: 2, parameters: {} },
  ]);
});

test("a run in progress is running; --watch follows it until it is stopped", async () => {
  const folder = prepare(smallSweep.replace("epochs: 8", "epochs: 100000"));
  const run = folder.start(["--workers", "1"]);
  // Until its run directory is there, there are no runs.
  while (!(await folder.runProgram(["runs", "--out", "results"])).out.includes("running"));
  const watch = folder.startProgram(["runs", "--watch", "--out", "results"]);
  await once(watch.stdout, "data");
  run.kill("SIGINT");
  await run;
  const { stdout, exitCode } = await watch;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/small\/[0-9a-f]{12} .* 0 of 4, running/);
  expect(stdout).toMatch(/No run is in progress\.$/);
  expect((await folder.runProgram(["runs", "--out", "results"])).out).toContain("0 of 4, stopped");
});

test("a run can be chosen by its name and the start of its fingerprint", async () => {
  const folder = prepare(single);
  expect((await folder.run()).code).toBe(0);
  const runs = (...args: string[]) => folder.runProgram(["runs", "--out", "results", ...args]);
  const start = basename(folder.runFolder()).slice(0, 4);
  expect((await runs(`small/${start}`)).out).toContain(`small/${start}`);
  for (const name of [`small/${start.slice(0, 3)}`, `other/${start}`, ""])
    expect(await runs(name)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${name || '""'}: there is no run of this name`),
    });
});

test("a results folder that is missing or a file is an error", async () => {
  const folder = prepare(single);
  const missing = await folder.runProgram(["runs", "--out", "absent"]);
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("absent: there is no such folder") });
  const file = await folder.runProgram(["runs", "--out", "spec.yaml"]);
  expect(file).toMatchObject({
    code: 2,
    err: expect.stringContaining("spec.yaml: expected a folder, got a file"),
  });
});

test.each([
  ["results/small/latest", "results/small/latest: this is the folder of a run"],
  ["results/small", "results/small: this is the folder of an experiment"],
  ["results/small/latest/trials", "results/small/latest/trials: this is the folder of the trials of a run"],
  ["results/small/latest/trials/1", "results/small/latest/trials/1: this is the folder of a trial"],
])("--out %s is refused with the folder to give instead", async (out, message) => {
  const folder = prepare(single.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const { code, err } = await folder.runProgram(["runs", "--out", out]);
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(err).toMatch(/contains the folders of the experiments: --out results$/);
});

test.each([
  ["results/small/latest", "this is the folder of a run"],
  ["results/small/latest/trials", "this is the folder of the trials of a run"],
  ["results/small/latest/new", "this folder is inside the run results/small/"],
])("an experiment with --out %s, which is inside a run, is refused", async (out, message) => {
  const folder = prepare(single.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const files = () => readdirSync(folder.path, { recursive: true, encoding: "utf8" });
  const before = files();
  const command = ["experiment", "spec.yaml", "--data", "data", "--out", out];
  for (const args of [command, [...command, "--dry-run"]]) {
    const { code, err } = await folder.runProgram(args);
    expect(code).toBe(2);
    expect(err).toContain(`--out ${out}: ${message}`);
    expect(err).toMatch(/Choose another folder, such as --out results\.$/);
  }
  expect(files()).toEqual(before);
});

test.skipIf(process.platform === "win32")(
  "a folder that cannot be read is skipped with a notice",
  async () => {
    const folder = prepare(single.replace("epochs: 8", "epochs: 1"));
    expect((await folder.run()).code).toBe(0);
    symlinkSync("loop", join(folder.path, "results", "loop"));
    const { code, out, err } = await folder.runProgram(["runs", "--out", "results"]);
    expect(code).toBe(0);
    expect(out).toContain("2 of 2");
    expect(err).toMatch(
      /^notice: .*results\/loop cannot be read \(ELOOP.*\), so its runs are not listed\.?$/,
    );

    for (const [out, problem] of [
      ["results/loop", "ELOOP"],
      ["x".repeat(300), "ENAMETOOLONG"],
    ] as const)
      expect(await folder.runProgram(["runs", "--out", out])).toMatchObject({
        code: 2,
        err: expect.stringContaining(`the folder cannot be read (${problem}`),
      });
    expect(await folder.run(["--data", "results/loop"])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--data: the folder "results\/loop" cannot be read \(ELOOP/),
    });
    // A file at the place of the trials' folder.
    const trials = join(folder.runFolder(), "trials");
    rmSync(trials, { recursive: true });
    writeFileSync(trials, "");
    const evaluate = await folder.runProgram(["evaluate", "results/small", "--data", "data"]);
    expect(evaluate).toMatchObject({ code: 2, err: expect.stringContaining("has no model.safetensors") });
  },
);

test("a damaged run is named in a notice, and no runs are an error", async () => {
  const folder = prepare(single);
  expect(await folder.runProgram(["runs", "--out", "data"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("there are no runs"),
  });
  expect((await folder.run()).code).toBe(0);
  writeFileSync(join(folder.runFolder(), "experiment.yaml"), "[");
  const { code, out, err } = await folder.runProgram(["runs", "--out", "results"]);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(/^notice: .*experiment\.yaml, line 1: expected YAML, got "\[", /);
});
