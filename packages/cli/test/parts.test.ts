import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { loadExperiment } from "@nn/experiment";
import { TrialFailure, WorkerProcess } from "@nn/runner";
import type { TrialAssignment, TrialReport, TrialOutcome } from "@nn/training";
import { smallSweep, type BenchFolder } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

interface Part {
  readonly outcome: TrialOutcome;
  readonly reports: readonly TrialReport[];
}

/** Trains trial 1 of the small sweep in a new process, with its files in `folder`. */
async function train(
  bench: BenchFolder,
  folder: string,
  changes: Partial<TrialAssignment> = {},
): Promise<Part> {
  const worker = new WorkerProcess([], { silence: 120 });
  onTestFinished(() => worker.end());
  const reports: TrialReport[] = [];
  const outcome = await worker.run(await assignment(bench, folder, changes), (report) =>
    reports.push(report),
  );
  await worker.end();
  return { outcome, reports };
}

async function assignment(
  bench: BenchFolder,
  folder: string,
  changes: Partial<TrialAssignment>,
): Promise<TrialAssignment> {
  const experiment = await loadExperiment(join(bench.path, "spec.yaml"));
  const trial = experiment.trials[0]!;
  const trialFolder = join(bench.path, folder);
  mkdirSync(trialFolder, { recursive: true });
  return {
    trial,
    experimentSeed: experiment.seed,
    threads: 1,
    experimentFolder: bench.path,
    dataFolder: join(bench.path, "data"),
    trialFolder,
    metric: experiment.metric,
    goal: experiment.goal,
    until: trial.spec.training.epochs,
    checkpointSeconds: 1000,
    recorded: 0,
    ...changes,
  };
}

function filesOf(bench: BenchFolder, folder: string): Record<string, string> {
  const path = join(bench.path, folder);
  const names = readdirSync(path).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name)).toString("base64")]));
}

/** Returns the reproducible values of an outcome. */
function promised({ seconds: _seconds, ...outcome }: TrialOutcome): Omit<TrialOutcome, "seconds"> {
  return outcome;
}

function measuresOf(reports: readonly TrialReport[]) {
  return reports.flatMap((report) => {
    if (report.kind !== "epoch") return [];
    const { epoch, train: learned, validation } = report.epoch;
    return [{ epoch, train: learned, validation }];
  });
}

test("a trial that is trained in segments, each in another process, has the same bytes", async () => {
  const bench = prepare(smallSweep);
  const whole = await train(bench, "whole");
  const first = await train(bench, "parts", { until: 3 });
  expect(first.outcome).toMatchObject({ status: "paused", epochs: 3 });
  expect(first.outcome.validation).toEqual(measuresOf(first.reports)[2]!.validation);
  expect(first.reports.at(-1)).toEqual({ kind: "checkpoint", epoch: 3, seen: 0 });
  expect(Object.keys(filesOf(bench, "parts"))).toEqual(["checkpoint.safetensors"]);

  const second = await train(bench, "parts", { recorded: 3 });
  expect(second.reports[0]).toEqual({ kind: "resumed", epoch: 3, seen: 0 });
  expect(measuresOf([...first.reports, ...second.reports])).toEqual(measuresOf(whole.reports));
  expect(promised(second.outcome)).toEqual(promised(whole.outcome));
  expect(filesOf(bench, "parts")).toEqual(filesOf(bench, "whole"));
});

test("a trial that starts from another trial's checkpoint reports only its own epochs", async () => {
  const bench = prepare(smallSweep);
  await train(bench, "first", { until: 6 });
  const startFrom = join(bench.path, "first/checkpoint.safetensors");
  const { outcome, reports } = await train(bench, "second", { startFrom });
  expect(reports[0]).toEqual({ kind: "resumed", epoch: 6, seen: 0 });
  expect(measuresOf(reports).map(({ epoch }) => epoch)).toEqual([7, 8]);
  expect(outcome).toMatchObject({ status: "completed", epochs: 8 });
  expect(outcome.bestEpoch).toBeGreaterThan(6);

  const failing = train(bench, "third", { startFrom: join(bench.path, "spec.yaml") });
  await expect(failing).rejects.toThrow(TrialFailure);
  await expect(failing).rejects.toThrow(/^the checkpoint .*spec\.yaml cannot be started from: /);
});
