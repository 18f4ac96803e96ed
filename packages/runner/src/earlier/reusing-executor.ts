import type { RunDirectory } from "@nn/results";
import type { TrialAssignment, TrialReport, TrialOutcome } from "@nn/training";

import { readEnvironment } from "../environment.ts";
import { deleteCheckpoint } from "../delete-checkpoint.ts";
import { stopExecutor, type TrialExecutor } from "../scheduling/trial-executor.ts";
import { copyFiles, findEarlierSegment, type ReuseContext } from "./reuse-trials.ts";

/**
 * An executor that reuses segments of earlier runs and trains all others. It also covers trials that are
 * proposed during the run, and trials that a pruner resumes.
 */
export class ReusingExecutor implements TrialExecutor {
  readonly #executor: TrialExecutor;
  readonly #reuse: ReuseContext;
  readonly #directory: RunDirectory;

  constructor(executor: TrialExecutor, reuse: ReuseContext, directory: RunDirectory) {
    this.#executor = executor;
    this.#reuse = reuse;
    this.#directory = directory;
  }

  ready(signal: AbortSignal): Promise<void> {
    return this.#executor.ready?.(signal) ?? Promise.resolve();
  }

  async run(assignment: TrialAssignment, onReport: (report: TrialReport) => void): Promise<TrialOutcome> {
    const { trial, until, trialFolder, recorded } = assignment;
    const found = findEarlierSegment(this.#reuse, { trial, until }, this.#directory.records);
    const isThere =
      found !== undefined &&
      (found.end?.status !== "completed" || (await copyFiles(found.from, trialFolder)));
    if (!isThere) return this.#executor.run(assignment, onReport);

    const { from, epochs, end } = found;
    onReport({ kind: "resumed", epoch: recorded, seen: 0 });
    for (const epoch of epochs) onReport({ kind: "epoch", epoch });
    const kernels = readEnvironment(from.path).kernels ?? "";
    if (end?.status !== "completed" && end?.status !== "diverged")
      return { status: "paused", epochs: until, seconds: 0, kernels };
    // A trial that diverges in training leaves no checkpoint.
    if (end.status === "diverged") deleteCheckpoint(trialFolder);
    const { status, epochs: count, bestEpoch, train, validation, test, reason, seconds } = end;
    return { status, epochs: count, bestEpoch, train, validation, test, reason, seconds, kernels };
  }

  stop(): Promise<void> {
    return stopExecutor(this.#executor);
  }

  end(): Promise<void> {
    return this.#executor.end();
  }
}
