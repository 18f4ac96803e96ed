import { availableParallelism } from "node:os";

import { expect, test } from "vitest";

import { smallConvolutions, smallSweep } from "./support/bench-folder.ts";
import { listChildProcesses, hasEnded, waitUntil, waitForExit } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/**
 * The files of an uninterrupted run with one worker. The first test sets them, the others compare with them.
 */
let reference: Record<string, string>;

test("a sweep writes one row per trial, one per trial and epoch, and the weights of each trial", async () => {
  const folder = prepare(smallSweep);
  const { code, out, err } = await folder.run(["--workers", "1"]);
  expect(err).toBe("");
  expect(code).toBe(0);
  expect(out).toContain("Ranked by validation.accuracy, mean ± standard deviation of 2 seeds");
  expect(folder.read("results.csv").trim().split("\n")).toHaveLength(1 + 4);
  expect(folder.read("epochs.csv").trim().split("\n")).toHaveLength(1 + 4 * 8);
  reference = folder.promisedFiles();
  expect(Object.keys(reference)).toEqual([
    "epochs.csv",
    "experiment.yaml",
    "results.csv",
    ...[1, 2, 3, 4].flatMap((n) => [
      `trials/${n}/checkpoint.safetensors`,
      `trials/${n}/classes.csv`,
      `trials/${n}/confusion.csv`,
      `trials/${n}/mistakes.csv`,
      `trials/${n}/model-card.md`,
      `trials/${n}/model.safetensors`,
      `trials/${n}/outputs.safetensors`,
      `trials/${n}/top-k.csv`,
      `trials/${n}/validation-classes.csv`,
      `trials/${n}/validation-confusion.csv`,
      `trials/${n}/validation-mistakes.csv`,
      `trials/${n}/validation-top-k.csv`,
    ]),
  ]);
});

test.for([
  ["two workers", ["--workers", "2"], "wasm-simd256"],
  ["128-bit kernels", ["--workers", "2", "--simd", "128"], "wasm-simd128"],
  ["two threads", ["--threads", "2"], "wasm-simd256", 2],
  ["a number of threads that each trial chooses", ["--threads", "auto"], "wasm-simd256", "auto"],
  ["three threads, more than there are cores perhaps", ["--threads", "3"], "wasm-simd256", 3],
] as const)("the same bytes with %s", async ([, args, kernels, threads = 1]) => {
  const folder = prepare(smallSweep);
  const { code } = await folder.run(args);
  expect(code).toBe(0);
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({ kernels, threads });
  expect(folder.promisedFiles()).toEqual(reference);
});

test("--no-widen is --simd 128, with a notice", async () => {
  const folder = prepare(smallSweep);
  const { code, err } = await folder.run(["--no-widen"]);
  expect(code).toBe(0);
  expect(err).toBe("notice: --no-widen is now called --simd 128");
  expect(JSON.parse(folder.read("environment.json"))).toMatchObject({ kernels: "wasm-simd128" });
  expect(folder.promisedFiles()).toEqual(reference);
});

test("a large convolutional network has the same bytes on any number of threads", async () => {
  const onThreads = async (threads: number | "auto"): Promise<Record<string, string>> => {
    const folder = prepare(smallConvolutions);
    const { code, err } = await folder.run(["--threads", String(threads)]);
    expect(code).toBe(0);
    const told = Number(threads) > availableParallelism() ? `notice: ${threads} threads on` : "";
    expect(err.startsWith(told)).toBe(true);
    expect(JSON.parse(folder.read("environment.json"))).toMatchObject({ threads });
    return folder.promisedFiles();
  };
  const one = await onThreads(1);
  expect(await onThreads(2)).toEqual(one);
  expect(await onThreads(3)).toEqual(one);
  expect(await onThreads("auto")).toEqual(one);
});

test("the same bytes after several kill -9 of the process group", async () => {
  const folder = prepare(smallSweep);
  // Kills early, in the first epochs, between trials and late, by the number of recorded events, so that it
  // works on fast and slow machines.
  for (const more of [0, 1, 2, 7, 11]) {
    const goal = folder.journalLines() + more;
    const run = folder.start(["--workers", "2"], { detached: true });
    await waitUntil(run, () => hasEnded(run) || folder.journalLines() > goal);
    if (!hasEnded(run)) process.kill(-run.pid!, "SIGKILL");
    await run;
  }
  const { code, out } = await folder.run(["--workers", "2"]);
  expect(code).toBe(0);
  expect(out).toContain("Ranked by");
  expect(folder.promisedFiles()).toEqual(reference);
});

test("if only the coordinator is killed, its workers exit", async () => {
  const folder = prepare(smallSweep);
  const run = folder.start(["--workers", "2", "--set", "training.epochs=100000"]);
  // Both trials have trained at least one epoch.
  await waitUntil(run, () => folder.journalLines() >= 6);
  const workers = listChildProcesses(run.pid!);
  expect(workers).toHaveLength(2);
  process.kill(run.pid!, "SIGKILL");
  await run;
  await waitForExit(workers);
});

test("the same command again trains nothing; --fresh starts over with the same bytes", async () => {
  const folder = prepare(smallSweep);
  await folder.run();
  const journal = folder.read("journal.jsonl");

  const again = await folder.run();
  expect(again.code).toBe(0);
  expect(again.out).toContain("there is nothing to train");
  expect(again.out).toContain("Ranked by");
  expect(folder.read("journal.jsonl")).toBe(journal);

  const fresh = await folder.run(["--fresh"]);
  expect(fresh.code).toBe(0);
  expect(fresh.out).not.toContain("there is nothing to train");
  expect(folder.read("journal.jsonl")).not.toBe(journal);
  expect(folder.promisedFiles()).toEqual(reference);
});
