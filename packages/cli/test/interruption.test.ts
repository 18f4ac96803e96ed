import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { smallSweep, type BenchFolder } from "./support/bench-folder.ts";
import {
  gateLayer,
  gatedSweep,
  gatedTrial,
  createStepLayer,
  openGate,
  STEPS_PER_TRIAL,
  createUninterruptedRuns,
  createFoldersWithGate,
} from "./support/gated-sweep.ts";
import { listChildProcesses, isAlive, waitUntil, waitForExit } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

const prepareGated = createFoldersWithGate(prepare);
const undisturbed = createUninterruptedRuns(prepare);

function stepsIn(folder: BenchFolder): number {
  return readFileSync(join(folder.path, "steps.txt"), "utf8").length;
}

test("Ctrl-C keeps finished trials and exits with 130; the printed command resumes the run", async () => {
  const folder = prepareGated(gatedSweep);
  // The layer waits in the second trial.
  const layer = gateLayer.replace("pass.step >= 48", `statSync("steps.txt").size > ${STEPS_PER_TRIAL + 48}`);
  folder.write("gate.ts", layer);
  const run = folder.start(["--workers", "1"], { detached: true });
  await waitUntil(run, () => folder.epochsOf(2) >= 3);
  const workers = listChildProcesses(run.pid!);
  // To every process of the group, like a terminal.
  process.kill(-run.pid!, "SIGINT");
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(
    new RegExp(
      /\nStopped trial 2 in epoch \d+ of 20; run the same command to resume\.\nInterrupted\. 1 of 4 /.source +
        /trials are done and kept in results\/small\/[0-9a-f]{12}\. Resume with:/.source,
    ),
  );
  expect(stdout).toContain("experiment spec.yaml --out results --data data --workers 1");
  expect(workers.filter(isAlive)).toEqual([]);
  expect(folder.read("results.csv")).toContain("completed");

  openGate(folder);
  const { code, out } = await folder.run(["--workers", "1"]);
  expect(code).toBe(0);
  expect(out).toContain("1 of 4 trials are already done; resuming the others.");
  expect(folder.promisedFiles()).toEqual(await undisturbed(gatedSweep, layer));
});

/** A terminal sends signals to the group. A user or a scheduler may send them to the parent. */
test.for([
  ["SIGINT", "the group"],
  ["SIGTERM", "the parent"],
] as const)(
  "%s to %s: the run prints where the trial stopped, and resumes at that step with the same bytes",
  async ([signal, whom]) => {
    const folder = prepareGated(gatedTrial);
    const run = folder.start([], { detached: true });
    await waitUntil(run, () => folder.epochsOf(1) >= 3);
    const workers = listChildProcesses(run.pid!);
    expect(workers).toHaveLength(1);
    process.kill(whom === "the group" ? -run.pid! : run.pid!, signal);
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(workers.filter(isAlive)).toEqual([]);
    const [, epoch] = /^Stopped in epoch (\d+) of 20; run the same command to resume\.$/m.exec(stdout) ?? [];
    expect(Number(epoch)).toBe(folder.placeOf(1).epoch + 1);
    expect(stdout).toContain("Interrupted. 0 of 1 trials are done and kept in");

    openGate(folder);
    expect((await folder.run()).code).toBe(0);
    expect(stepsIn(folder)).toBe(STEPS_PER_TRIAL);
    expect(folder.promisedFiles()).toEqual(await undisturbed(gatedTrial));
  },
);

test.for([
  ["SIGTERM", "the group"],
  ["SIGINT", "the parent"],
] as const)(
  "%s to %s: the sweep prints where each trial stopped, and all resume with the same bytes",
  async ([signal, whom]) => {
    const folder = prepareGated(gatedSweep);
    const run = folder.start(["--workers", "2"], { detached: true });
    await waitUntil(run, () => folder.epochsOf(1) >= 3 && folder.epochsOf(2) >= 3);
    const workers = listChildProcesses(run.pid!);
    expect(workers).toHaveLength(2);
    process.kill(whom === "the group" ? -run.pid! : run.pid!, signal);
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(workers.filter(isAlive)).toEqual([]);
    const places = [1, 2].map((trial) => `trial ${trial} in epoch ${folder.placeOf(trial).epoch + 1} of 20`);
    expect(stdout).toContain(`\nStopped ${places.join(", ")}; run the same command to resume.\n`);

    openGate(folder);
    expect((await folder.run(["--workers", "2"])).code).toBe(0);
    expect(stepsIn(folder)).toBe(4 * STEPS_PER_TRIAL);
    expect(folder.promisedFiles()).toEqual(await undisturbed(gatedSweep));
  },
);

test.for([
  ["one Ctrl-C ends the run after some seconds", 1],
  ["a second Ctrl-C ends the run at once", 2],
] as const)("with a layer in an endless loop, %s, and no process remains", async ([, times]) => {
  const folder = prepareGated(gatedTrial);
  folder.write("gate.ts", createStepLayer("if (pass.step === 20) for (;;);"));
  const run = folder.start();
  let said = "";
  run.stderr.on("data", (text: Buffer) => (said += text.toString()));
  await waitUntil(run, () => existsSync(join(folder.path, "steps.txt")) && stepsIn(folder) > 20);
  const workers = listChildProcesses(run.pid!);
  expect(workers).toHaveLength(1);
  run.kill("SIGINT");
  await waitUntil(run, () => said.includes("Stopping. Press Ctrl-C again to stop at once."));
  if (times === 2) run.kill("SIGINT");
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  // A run that waits for the worker prints which trials are kept.
  expect(stdout.includes("Interrupted. 0 of 1 trials are done")).toBe(times === 1);
  expect(stdout).not.toContain("Stopped");
  await waitForExit(workers);
  expect(workers.filter(isAlive)).toEqual([]);
});

test("the command that resumes omits --fresh and quotes arguments for the shell", async () => {
  const folder = prepare(smallSweep);
  const run = folder.start(["--fresh", "--set", "description=it's long", "--set", "training.epochs=100000"]);
  await waitUntil(run, () => folder.journalLines() > 0);
  run.kill("SIGTERM");
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  expect(stdout).toContain(`--data data --set 'description=it'\\''s long' --set training.epochs=100000`);
});

test("if the reader of a pipe closes it, the run continues to the same bytes", async () => {
  const folder = prepareGated(gatedSweep);
  const run = folder.start(["--workers", "1"]);
  await waitUntil(run, () => folder.epochsOf(1) >= 3);
  run.stdout.destroy();
  openGate(folder);
  const { exitCode, stderr } = await run;
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  expect(folder.promisedFiles()).toEqual(await undisturbed(gatedSweep));
});
