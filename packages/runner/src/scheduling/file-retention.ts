import { existsSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { Catalogs, Experiment, KeepSpec } from "@nn/experiment";
import { toFileSystemError, wrapFileSystemErrors, type RunDirectory, type TrialRecord } from "@nn/results";
import { CHECKPOINT_FILE, NETWORK_FILE, OUTPUTS_FILE, type Trial } from "@nn/training";

import { rankConfigurations } from "./ranking.ts";

/** The large files of a trial, by the key of `keep` that they belong to. */
const FILES = {
  networks: NETWORK_FILE,
  outputs: OUTPUTS_FILE,
  checkpoints: CHECKPOINT_FILE,
} as const satisfies Record<keyof KeepSpec, string>;

/** Number of trials that may end before their files are deleted. */
const PATIENCE = 20;

/** The parts of a run that determine which files are kept. */
export interface FileRetentionOptions {
  readonly experiment: Pick<Experiment, "keep" | "metric" | "goal" | "continuesNetworks">;
  readonly catalogs: Pick<Catalogs, "schedules">;
  readonly directory: Pick<RunDirectory, "path" | "records">;
}

/**
 * Deletes the large files that `keep` excludes. The result does not depend on the order in which trials end.
 * While a sweep runs, only configurations before the first unfinished one are compared. So a file is deleted
 * only if it would also be deleted at the end.
 */
export class FileRetention {
  readonly #options: FileRetentionOptions;
  /** `<trial> <key>` of every file that is not kept. */
  readonly #dropped = new Set<string>();
  readonly #deleted = new Set<number>();
  /**
   * Pending deletions of files. Trials do not wait for them, because a disk may take milliseconds per file.
   */
  readonly #deletions: Promise<void>[] = [];
  #ended = 0;

  constructor(options: FileRetentionOptions) {
    this.#options = options;
  }

  /** Handles the end of a trial. `trials`: all known trials. */
  onEnded(trials: readonly Trial[]): void {
    this.#ended += 1;
    if (this.#ended % PATIENCE === 0)
      this.#deleteOthers(endedFromStart(trials, this.#options.directory.records));
  }

  /**
   * Deletes files after the last trial has ended. `trials`: all trials within the budget of the sweep.
   * Returns the number of trials whose networks or outputs it has deleted. Rejects with RunDirectoryError.
   */
  async finish(trials: readonly Trial[]): Promise<number> {
    this.#deletePruned(trials);
    this.#deleteOthers(trials);
    await this.deleted();
    return this.#deleted.size;
  }

  /** Resolves when all pending deletions are done. Rejects with RunDirectoryError. */
  async deleted(): Promise<void> {
    const results = await Promise.allSettled(this.#deletions.splice(0));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  /**
   * Deletes the folders of pruned trials. They are also deleted as soon as the pruning is recorded, but the
   * run may have been killed in between.
   */
  #deletePruned(trials: readonly Trial[]): void {
    const { directory } = this.#options;
    for (const { number } of trials) {
      if (directory.records.get(number)?.status !== "pruned") continue;
      const folder = join(directory.path, "trials", `${number}`);
      wrapFileSystemErrors("delete", folder, () => rmSync(folder, { recursive: true, force: true }));
    }
  }

  #deleteOthers(trials: readonly Trial[]): void {
    const { experiment, directory } = this.#options;
    const { keep } = experiment;
    const ranking = rankConfigurations({ ...experiment, trials }, directory.records);
    const ranks = new Map(ranking.map(({ configuration }, rank) => [configuration, rank]));
    for (const trial of trials) {
      if (!isEnded(directory.records.get(trial.number))) continue;
      const rank = ranks.get(trial.configuration) ?? Infinity;
      for (const key of ["networks", "outputs", "checkpoints"] as const) {
        const isBest = keep[key] === "all" || rank < keep[key];
        if (!isBest || (key === "checkpoints" && this.#isUseless(trial))) this.#delete(trial, key);
      }
    }
  }

  /**
   * Returns whether the trial's last checkpoint is useless: no training with more epochs can resume from it.
   */
  #isUseless({ spec }: Trial): boolean {
    const { type, ...options } = spec.schedule;
    return this.#options.catalogs.schedules.get(type)?.isOpenEnded?.(options) !== true;
  }

  #delete({ number }: Trial, key: keyof KeepSpec): void {
    // Later trials may continue from any checkpoint.
    if (key === "checkpoints" && this.#options.experiment.continuesNetworks) return;
    const name = `${number} ${key}`;
    if (this.#dropped.has(name)) return;
    this.#dropped.add(name);
    const path = join(this.#options.directory.path, "trials", `${number}`, FILES[key]);
    if (!existsSync(path)) return;
    if (key !== "checkpoints") this.#deleted.add(number);
    const deletion = rm(path, { force: true }).catch((error: unknown) => {
      throw toFileSystemError("delete", path, error);
    });
    deletion.catch(() => {}); // The method `deleted` reports the error.
    this.#deletions.push(deletion);
  }
}

/** Returns the trials before the first configuration with an unfinished trial. */
function endedFromStart(trials: readonly Trial[], records: ReadonlyMap<number, TrialRecord>): Trial[] {
  const open = trials.find(({ number }) => !isEnded(records.get(number)));
  return trials.filter(({ configuration }) => configuration < (open?.configuration ?? Infinity));
}

/** Returns whether the trial has ended and is not trained again. */
function isEnded(record: TrialRecord | undefined): boolean {
  return record !== undefined && record.status !== "running" && record.status !== "failed";
}
