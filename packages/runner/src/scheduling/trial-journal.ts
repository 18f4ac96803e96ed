import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Experiment } from "@nn/experiment";
import { wrapFileSystemErrors, writeFileAtomically, type RunDirectory, type TrialRecord } from "@nn/results";
import {
  CHECKPOINT_FILE,
  type EpochReport,
  type TrialFingerprinter,
  type Trial,
  type TrialOutcome,
} from "@nn/training";

import { createPrunedEvent } from "./pruned-event.ts";

/**
 * Records the events of trials in a run directory. Several processes may train the segments of a trial, and
 * some of them may be killed. Recorded epochs after the point at which the last process resumed are ignored,
 * because it trains them again.
 */
export class TrialJournal {
  readonly #directory: RunDirectory;
  readonly #ranking: Pick<Experiment, "metric" | "goal">;
  readonly #fingerprintTrial: TrialFingerprinter;
  /** In seconds. */
  readonly #clock: () => number;
  /**
   * Running trial → its worker and the start time of the attempt. If known, also the epoch after which the
   * trial was resumed.
   */
  readonly #attempts = new Map<number, { readonly worker: number; readonly since: number; after?: number }>();
  /** Trial → training time of its earlier segments, in seconds. */
  readonly #spent = new Map<number, number>();

  constructor(
    directory: RunDirectory,
    judged: Pick<Experiment, "metric" | "goal">,
    fingerprintTrial: TrialFingerprinter,
    clock: () => number,
  ) {
    this.#directory = directory;
    this.#ranking = judged;
    this.#fingerprintTrial = fingerprintTrial;
    this.#clock = clock;
  }

  /** Records the start or the retry of a segment. */
  start(trial: Trial, worker: number): void {
    const record = this.#directory.records.get(trial.number);
    // If there is no record, the files come from an older version, or from a run whose journal was truncated.
    if (record === undefined) this.#clear(trial);
    else this.#spent.set(trial.number, this.#spent.get(trial.number) ?? sumEpochSeconds(record));
    this.#removeStaleFiles(trial);
    this.#attempts.set(trial.number, { worker, since: this.#clock() });
    this.#started(trial, worker, record?.history.at(-1)?.epoch);
  }

  /** Records that the training was resumed after this epoch. */
  resumed(trial: Trial, epoch: number): void {
    const attempt = this.#attempts.get(trial.number);
    if (attempt === undefined) return;
    attempt.after = epoch;
    const recorded = this.#directory.records.get(trial.number)?.history.at(-1)?.epoch;
    if (recorded !== undefined && recorded > epoch) this.#started(trial, attempt.worker, epoch);
  }

  epoch(trial: Trial, epoch: EpochReport): void {
    this.#onFirstReport(trial);
    this.#directory.append({ event: "epoch", trial: trial.number, ...epoch });
    this.#directory.refreshTables();
  }

  paused(trial: Trial): void {
    this.#onFirstReport(trial);
    this.#spent.set(trial.number, this.#seconds(trial));
    this.#attempts.delete(trial.number);
  }

  ended(trial: Trial, { kernels: _kernels, status, ...outcome }: TrialOutcome): void {
    if (status === "paused") throw new RangeError(`trial ${trial.number} is paused, and has not ended`);
    this.#onFirstReport(trial);
    const record = this.#directory.records.get(trial.number);
    // The time is at least the sum over the epochs, because an earlier run may have trained some of them.
    const seconds = Math.max(this.#seconds(trial), record === undefined ? 0 : sumEpochSeconds(record));
    this.#directory.append({ event: "trial-ended", trial: trial.number, status, ...outcome, seconds });
    this.#directory.refreshTables();
    this.#attempts.delete(trial.number);
  }

  /** Records that the trial is pruned after this epoch. */
  pruned(trial: Trial, epoch: number, reason: string): void {
    const record = this.#directory.records.get(trial.number);
    const history = record?.history ?? [];
    // A failed trial is retried, but the pruner stops it at a rung that it had reached before it failed.
    if (record?.status === "failed") this.#started(trial, record.worker, history.at(-1)?.epoch);
    const at = { epoch, reason, seconds: this.#seconds(trial) };
    this.#directory.append(createPrunedEvent(trial, history, at, this.#ranking));
    this.#directory.refreshTables();
    this.#clear(trial);
  }

  /**
   * Records a failure. If there is a `stack`, writes it to a separate file and returns the path of the file.
   */
  failed(trial: Trial, reason: string, stack: string | null): string | undefined {
    const epochs = this.#directory.records.get(trial.number)?.epochs ?? 0;
    const seconds = this.#seconds(trial);
    // The file is written before the event. If the run is killed in between, it repeats the trial, so nothing
    // is missing.
    const details = stack === null ? undefined : join(this.#directory.trialFolder(trial.number), "error.txt");
    if (details !== undefined) writeFileAtomically(details, `${stack}\n`);
    this.#directory.append({
      event: "trial-ended",
      trial: trial.number,
      status: "failed",
      epochs,
      seconds,
      reason,
    });
    this.#directory.refreshTables();
    this.#attempts.delete(trial.number);
    return details;
  }

  /**
   * Handles the first report of a segment. If no resumption has been reported, the segment started from the
   * beginning.
   */
  #onFirstReport(trial: Trial): void {
    const attempt = this.#attempts.get(trial.number);
    if (attempt === undefined || attempt.after !== undefined) return;
    attempt.after = 0;
    const record = this.#directory.records.get(trial.number);
    if (record === undefined || record.history.length === 0) return;
    this.#started(trial, attempt.worker, undefined);
  }

  #started(trial: Trial, worker: number | string, after: number | undefined): void {
    const { number, seed, parameters, parent } = trial;
    this.#directory.append({
      event: "trial-started",
      trial: number,
      seed,
      parameters,
      ...(parent !== undefined && { parent }),
      worker,
      ...(after !== undefined && { after }),
      ...this.#fingerprintTrial(trial, this.#directory.records),
    });
  }

  #seconds({ number }: Trial): number {
    const attempt = this.#attempts.get(number);
    return (this.#spent.get(number) ?? 0) + (attempt === undefined ? 0 : this.#clock() - attempt.since);
  }

  /**
   * Removes all files of a killed or failed attempt except the checkpoint, from which the next attempt
   * resumes.
   */
  #removeStaleFiles({ number }: Trial): void {
    const folder = this.#directory.trialFolder(number);
    wrapFileSystemErrors("delete", folder, () => {
      for (const name of readdirSync(folder)) {
        if (name !== CHECKPOINT_FILE) rmSync(join(folder, name), { recursive: true, force: true });
      }
    });
  }

  #clear({ number }: Trial): void {
    const folder = join(this.#directory.path, "trials", String(number));
    wrapFileSystemErrors("delete", folder, () => rmSync(folder, { recursive: true, force: true }));
  }
}

/** Returns the sum of the seconds of the recorded epochs. */
export function sumEpochSeconds({ history }: TrialRecord): number {
  return history.reduce((sum, { seconds }) => sum + seconds, 0);
}
