import { loadExperiment } from "@nn/experiment";
import { readFileSync } from "@nn/platform/files";
import { join } from "@nn/platform/path";
import { CHECKPOINT_FILE, createTrainingRuntime, runTrial, type TrialReport } from "@nn/training";

/** The result of the first epoch of an experiment's first trial. */
export interface FirstEpoch {
  readonly fingerprint: string;
  readonly kernels: string;
  /** Its metrics as JSON, without values that depend on the machine. */
  readonly metrics: string;
  /** The checkpoint after the epoch: weights, state of the optimizer and all other state. */
  readonly checkpoint: Uint8Array;
}

/** Absolute paths. */
export interface Folders {
  readonly dataFolder: string;
  readonly experimentFolder: string;
  readonly trialFolder: string;
}

/** Checks an experiment file and trains its first trial for one epoch, as a worker process does. */
export async function trainFirstEpoch(file: string, folders: Folders): Promise<FirstEpoch> {
  const { trials, seed, metric, goal, fingerprint } = await loadExperiment(file);
  const [trial] = trials;
  if (trial === undefined) throw new Error(`${file}: it has no trial`);
  const runtime = await createTrainingRuntime(1, () => {});
  const reports: TrialReport[] = [];
  const assignment = {
    ...folders,
    trial,
    experimentSeed: seed,
    threads: 1,
    metric,
    goal,
    until: 1,
    checkpointSeconds: 3600,
    recorded: 0,
  };
  await runTrial(
    runtime,
    assignment,
    () => performance.now() / 1000,
    (report) => reports.push(report),
  );
  const metrics = reports.flatMap((report) => {
    if (report.kind !== "epoch") return [];
    const { seconds: _seconds, imagesPerSecond: _speed, ...rest } = report.epoch;
    return [rest];
  });
  return {
    fingerprint,
    kernels: runtime.backend.name,
    metrics: JSON.stringify(metrics),
    checkpoint: readFileSync(join(folders.trialFolder, CHECKPOINT_FILE)),
  };
}
