import { rmSync } from "node:fs";
import { join } from "node:path";

import type { RunDirectory } from "@nn/results";
import { CHECKPOINT_FILE, type Assignment, type Report, type TrialOutcome } from "@nn/training";

import { recordedCircumstances } from "../environment.ts";
import { stopTrainer, type Trainer } from "../scheduling/dispatch.ts";
import { copyFiles, earlierPart, type Reuse } from "./take-over.ts";

/**
 * A trainer that is asked for nothing that an earlier run has trained: for trials that are proposed while the run lasts, and for those
 * that a pruner lets go on.
 */
export class ReusingTrainer implements Trainer {
  readonly #trainer: Trainer;
  readonly #reuse: Reuse;
  readonly #directory: RunDirectory;

  constructor(trainer: Trainer, reuse: Reuse, directory: RunDirectory) {
    this.#trainer = trainer;
    this.#reuse = reuse;
    this.#directory = directory;
  }

  ready(signal: AbortSignal): Promise<void> {
    return this.#trainer.ready?.(signal) ?? Promise.resolve();
  }

  async run(assignment: Assignment, onReport: (report: Report) => void): Promise<TrialOutcome> {
    const { trial, until, trialFolder, recorded } = assignment;
    const found = earlierPart(this.#reuse, { trial, until }, this.#directory.records);
    const isThere =
      found !== undefined &&
      (found.end?.status !== "completed" || (await copyFiles(found.from, trialFolder)));
    if (!isThere) return this.#trainer.run(assignment, onReport);

    const { from, epochs, end } = found;
    onReport({ kind: "resumed", epoch: recorded, seen: 0 });
    for (const epoch of epochs) onReport({ kind: "epoch", epoch });
    const kernels = recordedCircumstances(from.path).kernels ?? "";
    if (end?.status !== "completed" && end?.status !== "diverged")
      return { status: "paused", epochs: until, seconds: 0, kernels };
    // As the training does that diverges.
    if (end.status === "diverged") rmSync(join(trialFolder, CHECKPOINT_FILE), { force: true });
    const { status, epochs: count, bestEpoch, train, validation, test, reason, seconds } = end;
    return { status, epochs: count, bestEpoch, train, validation, test, reason, seconds, kernels };
  }

  stop(): Promise<void> {
    return stopTrainer(this.#trainer);
  }

  end(): Promise<void> {
    return this.#trainer.end();
  }
}
