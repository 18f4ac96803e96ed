import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import {
  RunDirectoryError,
  findRecordedData,
  isSameData,
  readJournal,
  collectTrialRecords,
  type DatasetRecord,
  type TrialRecord,
} from "@nn/results";
import type { TrialFingerprint } from "@nn/training";

/** A trial of another run of the same name, on the same images. */
export interface EarlierTrial {
  /** The fingerprint of its run. */
  readonly run: string;
  /** Absolute path of its run. */
  readonly path: string;
  /** Absolute path of the trial's folder, with its weights and its checkpoint. */
  readonly folder: string;
  readonly record: TrialRecord & TrialFingerprint;
}

/** A query for trials of other runs of the same name, on the same data. */
export interface EarlierTrialQuery {
  /** `results/<name>`. */
  readonly folder: string;
  /** The fingerprint of the current run. */
  readonly fingerprint: string;
  /** The current training data. */
  readonly data: readonly DatasetRecord[];
}

/**
 * The trials of earlier runs, indexed by their training identity. The same trial may have a different number
 * and different swept paths in this run.
 */
export class EarlierTrials {
  readonly #trials: ReadonlyMap<string, readonly EarlierTrial[]>;

  constructor(trials: Iterable<EarlierTrial>) {
    this.#trials = Map.groupBy(trials, ({ record }) => record.training);
  }

  /** Reads the trials of all other runs. Skips runs that cannot be read. */
  static in(sought: EarlierTrialQuery): EarlierTrials {
    const runs = listOtherRuns(sought.folder, sought.fingerprint);
    return new EarlierTrials(runs.flatMap((run) => findTrials(run, sought)));
  }

  /**
   * Returns the earlier trials with the same training identity and the same number of planned epochs.
   * Completed and diverged trials come first, then the others by their number of recorded epochs, descending.
   */
  same({ training, planned }: TrialFingerprint): EarlierTrial[] {
    const found = this.#trials.get(training) ?? [];
    return found
      .filter(({ record }) => record.planned === planned)
      .sort((a, b) => rankOf(b) - rankOf(a) || b.record.history.length - a.record.history.length);
  }

  /**
   * Returns the completed trials with the same training identity and fewer planned epochs, the longest first.
   */
  shorter({ training, planned }: TrialFingerprint): EarlierTrial[] {
    const found = this.#trials.get(training) ?? [];
    return found
      .filter(({ record }) => record.planned < planned && record.status === "completed")
      .sort((a, b) => b.record.planned - a.record.planned);
  }
}

/** Returns whether the folder contains other runs, whose trials might be reused. */
export function hasEarlierRuns(folder: string, fingerprint: string): boolean {
  return listOtherRuns(folder, fingerprint).length > 0;
}

function listOtherRuns(folder: string, fingerprint: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => /^[0-9a-f]{12}$/.test(name) && name !== fingerprint).sort();
}

/** Returns 1 for a completed or diverged trial, and 0 otherwise. */
function rankOf({ record: { status } }: EarlierTrial): number {
  return status === "completed" || status === "diverged" ? 1 : 0;
}

function findTrials(run: string, { folder, data }: EarlierTrialQuery): EarlierTrial[] {
  const path = join(folder, run);
  try {
    const { events } = readJournal(join(path, "journal.jsonl"));
    const recorded = events.filter((event) => event.event === "data");
    const names = data.map(({ name }) => name);
    const isOther = data.some((each) => {
      const before = findRecordedData(recorded, each, names);
      return before !== undefined && !isSameData(before, each);
    });
    if (isOther || recorded.length === 0) return [];
    return [...collectTrialRecords(events).values()].flatMap((record) => {
      const { training, planned } = record;
      if (training === undefined || planned === undefined || !isWhole(record)) return [];
      const own = join(path, "trials", String(record.trial));
      return [{ run, path, folder: own, record: { ...record, training, planned } }];
    });
  } catch (error) {
    if (error instanceof RunDirectoryError) return [];
    throw error;
  }
}

/** Returns whether all epochs of the trial are recorded. */
function isWhole({ history, epochs, status, parent }: TrialRecord): boolean {
  // A trial that continues another trial's network starts at a later epoch.
  const first = parent === undefined ? 1 : (history[0]?.epoch ?? 1);
  const isGapless = history.every(({ epoch }, index) => epoch === first + index);
  const last = history.at(-1)?.epoch;
  return isGapless && (last === epochs || (last === undefined && status !== "completed"));
}
