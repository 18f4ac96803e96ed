import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Experiment } from "@nn/experiment";
import { writeFileAtomically, type RunDirectory, type TrialRecord } from "@nn/results";
import {
  CHECKPOINT_FILE,
  type EpochReport,
  type IdentityOf,
  type Trial,
  type TrialOutcome,
} from "@nn/training";

import { prunedEvent } from "./pruned-event.ts";

/**
 * Records the events of trials in a run directory. A trial may be trained in segments by several processes,
 * some of which are killed. Epochs after the point where the last process resumed do not count: it trains
 * them again.
 */
export class TrialJournal {
  readonly #directory: RunDirectory;
  readonly #judged: Pick<Experiment, "metric" | "goal">;
  readonly #identityOf: IdentityOf;
  /** Seconds. */
  readonly #clock: () => number;
  /**
   * Per running trial: its worker, its start time, and the epoch that it was resumed after, once that is
   * known.
   */
  readonly #attempts = new Map<number, { readonly worker: number; readonly since: number; after?: number }>();
  /** Seconds of the earlier segments of each trial. */
  readonly #spent = new Map<number, number>();

  constructor(
    directory: RunDirectory,
    judged: Pick<Experiment, "metric" | "goal">,
    identityOf: IdentityOf,
    clock: () => number,
  ) {
    this.#directory = directory;
    this.#judged = judged;
    this.#identityOf = identityOf;
    this.#clock = clock;
  }

  /** Records the start or the retry of a segment. */
  start(trial: Trial, worker: number): void {
    const record = this.#directory.records.get(trial.number);
    // Files of an older version, or of a run whose journal was truncated.
    if (record === undefined) this.#clear(trial);
    else this.#spent.set(trial.number, this.#spent.get(trial.number) ?? secondsOf(record));
    this.#tidy(trial);
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
    this.#begin(trial);
    this.#directory.append({ event: "epoch", trial: trial.number, ...epoch });
    this.#directory.refreshTables();
  }

  paused(trial: Trial): void {
    this.#begin(trial);
    this.#spent.set(trial.number, this.#seconds(trial));
    this.#attempts.delete(trial.number);
  }

  ended(trial: Trial, { kernels: _kernels, status, ...outcome }: TrialOutcome): void {
    if (status === "paused") throw new RangeError(`trial ${trial.number} is paused, and has not ended`);
    this.#begin(trial);
    const record = this.#directory.records.get(trial.number);
    // At least the sum of its epochs, because epochs of an earlier run took their time there.
    const seconds = Math.max(this.#seconds(trial), record === undefined ? 0 : secondsOf(record));
    this.#directory.append({ event: "trial-ended", trial: trial.number, status, ...outcome, seconds });
    this.#directory.refreshTables();
    this.#attempts.delete(trial.number);
  }

  /** Records that the trial is pruned after this epoch. */
  pruned(trial: Trial, epoch: number, reason: string): void {
    const history = this.#directory.records.get(trial.number)?.history ?? [];
    const at = { epoch, reason, seconds: this.#seconds(trial) };
    this.#directory.append(prunedEvent(trial, history, at, this.#judged));
    this.#directory.refreshTables();
    this.#clear(trial);
  }

  /** Records a failure. The error's `stack`, if any, goes to a separate file, whose path is returned. */
  failed(trial: Trial, reason: string, stack: string | null): string | undefined {
    const epochs = this.#directory.records.get(trial.number)?.epochs ?? 0;
    const seconds = this.#seconds(trial);
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
    if (stack === null) return undefined;
    const details = join(this.#directory.trialFolder(trial.number), "error.txt");
    writeFileAtomically(details, `${stack}\n`);
    return details;
  }

  /**
   * Handles the first report of a segment: without a report of a resumption, it started from the beginning.
   */
  #begin(trial: Trial): void {
    const attempt = this.#attempts.get(trial.number);
    if (attempt === undefined || attempt.after !== undefined) return;
    attempt.after = 0;
    const record = this.#directory.records.get(trial.number);
    if (record === undefined || record.history.length === 0) return;
    this.#started(trial, attempt.worker, undefined);
  }

  #started(trial: Trial, worker: number, after: number | undefined): void {
    const { number, seed, parameters, parent } = trial;
    this.#directory.append({
      event: "trial-started",
      trial: number,
      seed,
      parameters,
      ...(parent !== undefined && { parent }),
      worker,
      ...(after !== undefined && { after }),
      ...this.#identityOf(trial, this.#directory.records),
    });
  }

  #seconds({ number }: Trial): number {
    const attempt = this.#attempts.get(number);
    return (this.#spent.get(number) ?? 0) + (attempt === undefined ? 0 : this.#clock() - attempt.since);
  }

  /**
   * Removes the files of a killed or failed attempt, including incomplete ones, except those that the next
   * attempt resumes from.
   */
  #tidy({ number }: Trial): void {
    const folder = this.#directory.trialFolder(number);
    for (const name of readdirSync(folder)) {
      if (name !== CHECKPOINT_FILE) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }

  #clear({ number }: Trial): void {
    rmSync(this.#directory.trialFolder(number), { recursive: true, force: true });
  }
}

/** Returns the sum of the seconds of the recorded epochs. */
export function secondsOf({ history }: TrialRecord): number {
  return history.reduce((sum, { seconds }) => sum + seconds, 0);
}
