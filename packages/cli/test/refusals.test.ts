import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { execa } from "execa";
import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { waitUntil } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const { version }: { version: string } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);
const stack = /^\s+at /m;

test("a second run in the same directory ends with an error, and the first continues", async () => {
  const folder = prepare(smallSweep);
  const first = folder.start(["--set", "training.epochs=100000"]);
  await waitUntil(first, () => folder.journalLines() > 1);
  const second = await folder.run(["--set", "training.epochs=100000"]);
  expect(second.code).toBe(1);
  expect(second.err).toMatch(
    new RegExp(
      `^error: Another run is in progress in this folder \\(process ${first.pid}, started .*\\): .*/lock\\. Wait until`,
    ),
  );
  expect(second.err).not.toMatch(stack);
  first.kill("SIGTERM");
  expect((await first).exitCode).toBe(130);
});

test("if results cannot be written below a file, one line explains why", async () => {
  const folder = prepare(smallSweep);
  folder.write("taken", "");
  const { code, err } = await folder.run(["--out", "taken/results"]);
  expect(code).toBe(1);
  expect(err).toMatch(
    new RegExp(
      /^error: Cannot make the folder .*taken\/results\/small\/[0-9a-f]{12}: part of its /.source +
        /path is a file, not a folder \(ENOTDIR\)\./.source,
    ),
  );
  expect(err).not.toMatch(stack);
});

// A limit of the file size makes a write fail in its middle, like a full disk, and needs no privileges.
const withSmallFiles = `trap "" XFSZ; ulimit -f 3; exec "$0" "$@"`;

test.skipIf(process.platform === "win32")(
  "if the disk is full, one line explains it, and the same command resumes with the same bytes",
  async () => {
    const undisturbed = prepare(smallSweep);
    await undisturbed.run(["--workers", "1"]);

    const folder = prepare(smallSweep);
    const cli = fileURLToPath(new URL("../src/cli.js", import.meta.url));
    const args = ["experiment", "spec.yaml", "--out", "results", "--data", "data", "--workers", "1"];
    const run = await execa("sh", ["-c", withSmallFiles, process.execPath, cli, ...args], {
      cwd: folder.path,
      env: { INIT_CWD: undefined },
      reject: false,
    });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(
      new RegExp(
        /^error: Cannot write .*: the file would exceed the largest size allowed here \(EFBIG\)\. /.source +
          /Recorded results are kept\./.source,
      ),
    );
    expect(run.stderr).not.toMatch(stack);
    expect(folder.journalLines()).toBeGreaterThan(1);

    expect((await folder.run(["--workers", "1"])).code).toBe(0);
    expect(folder.promisedFiles()).toEqual(undisturbed.promisedFiles());
  },
);

test("a truncated data file is reported with expected and actual size, and nothing is trained", async () => {
  const folder = prepare(smallSweep);
  const file = join(folder.path, "data", "mnist", "train-images-idx3-ubyte");
  truncateSync(file, 100_000);
  const { code, out, err } = await folder.run();
  expect(code).toBe(1);
  expect(err).toMatch(/^error: .*data\/mnist\/train-images-idx3-ubyte/);
  expect(err).toContain("100000");
  expect(err).not.toMatch(stack);
  expect(out).not.toContain("completed");
  expect(readFileSync(join(folder.runFolder(), "journal.jsonl"), "utf8")).not.toContain("trial-started");
});

test.for([
  [
    "an unknown option",
    ["experiment", "spec.yaml", "--worker", "2"],
    "error: unknown option '--worker'\n(Did you mean --workers?)",
  ],
  [
    "an unknown command",
    ["experimant", "spec.yaml"],
    "error: unknown command 'experimant'\n(Did you mean experiment?)",
  ],
  [
    "an unknown choice",
    ["export", "small", "--to", "safetensor"],
    'Allowed choices are onnx, safetensors, json.\n  did you mean "safetensors"?',
  ],
  ["help for an unknown command", ["help", "evalate"], "error: unknown command 'evalate'\n  did you mean"],
  ["an empty text for a run", ["evaluate", ""], 'error: "": expected a run, got an empty text'],
  ["no experiment file", ["experiment"], "error: missing required argument 'spec'"],
  [
    "a word for a number",
    ["experiment", "spec.yaml", "--workers", "many"],
    "Expected a whole number from 1 to 1024.",
  ],
  ...["0x1", "1e1", " 1", "1.0", "+1", ""].flatMap((value): [string, string[], string][] => [
    [
      `the number ${value}`,
      ["evaluate", "small", "--trial", value],
      "Expected a whole number from 1 to 1000000.",
    ],
    [
      `the number of threads ${value}`,
      ["experiment", "spec.yaml", "--threads", value],
      "Expected a whole number from 1 to 1024, or auto.",
    ],
  ]),
  ...["experiment", "evaluate", "report", "export", "preview", "runs", "worker", "refit", "verify"].map(
    (command): [string, string[], string] => [
      `an empty path for ${command}`,
      [command, ["evaluate", "worker", "verify"].includes(command) ? "--data" : "--out", ""],
      "Expected a path, got an empty text.",
    ],
  ),
  ["a mistake in the spec", ["experiment", "spec.yaml", "--set", "optimizer.learningrate=1"], "learningRate"],
  [
    "a data folder that is not there",
    ["experiment", "spec.yaml", "--data", "dta"],
    '--data: the folder "dta" does not exist\n  expected a folder that contains one folder per data set, such as ' +
      "mnist/",
  ],
  [
    "a file for a data folder",
    ["experiment", "spec.yaml", "--data", "spec.yaml"],
    '--data: "spec.yaml" is not a folder\n',
  ],
  ["no such file", ["experiment", "absent.yaml"], "absent.yaml"],
] as const)("%s: exit code 2, the mistake is reported, nothing is written", async ([, args, message]) => {
  const folder = prepare(smallSweep);
  const { code, err } = await folder.runProgram(args);
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(err).not.toMatch(stack);
  expect(() => folder.runFolder()).toThrow("ENOENT");
});

test("help shows the commands as they are typed, and --version shows the version", async () => {
  const folder = prepare(smallSweep);
  const help = await folder.runProgram(["experiment", "--help"]);
  expect(help.code).toBe(0);
  expect(help.out).toMatch(/^Usage: pnpm run experiment \[options\] <spec>\n/);
  expect(help.out).not.toContain("default: []");
  expect((await folder.runProgram(["help", "experiment"])).out).toBe(help.out);
  expect((await folder.runProgram(["help"])).out).toBe((await folder.runProgram(["--help"])).out);
  expect((await folder.runProgram(["schema", "--help"])).out).toContain("Writes the JSON Schema");
  for (const args of [["--version"], ["experiment", "--version"]])
    expect(await folder.runProgram(args)).toEqual({ code: 0, out: version, err: "" });
});

test("a dry run shows the network, the trials and the results folder, and writes nothing", async () => {
  const folder = prepare(smallSweep);
  const { code, out } = await folder.run(["--dry-run"]);
  expect(code).toBe(0);
  expect(out).toMatch(/dense +\(12\) +9,420 +9,408/);
  expect(out).toContain("2 configurations × 2 repeats = 4 trials of 8 epochs");
  expect(out).toContain("trial 3   seed 1   learningRate 0.1");
  expect(out).toMatch(/A run would write its results to results\/small\/[0-9a-f]{12}\./);
  expect(() => folder.runFolder()).toThrow("ENOENT");
});

test("paths are relative to the folder in which pnpm was called", async () => {
  const folder = prepare(smallSweep);
  const cli = fileURLToPath(new URL("../src/cli.js", import.meta.url));
  const { exitCode, stdout } = await execa(
    process.execPath,
    [cli, "experiment", "spec.yaml", "--dry-run", "--out", "here"],
    {
      cwd: "/",
      env: { INIT_CWD: folder.path },
      reject: false,
    },
  );
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/A run would write its results to here\/small\/[0-9a-f]{12}\./);
});
