import type { EndStatus, JournalEvent, Metrics, NetworkSize, Parameters, TrialEndedEvent } from "./events.ts";

/** One recorded epoch of a trial. */
export interface EpochRecord {
  readonly epoch: number;
  readonly train: Metrics;
  readonly validation?: Metrics | undefined;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** The record of a trial's latest attempt. */
export interface TrialRecord {
  readonly trial: number;
  readonly status: "running" | EndStatus;
  readonly seed: number;
  readonly parameters: Parameters;
  /** The trial whose network it continues. */
  readonly parent?: number | undefined;
  readonly worker: number | string;
  /** See `TrialStartedEvent`. */
  readonly training?: string | undefined;
  readonly planned?: number | undefined;
  readonly network?: NetworkSize | undefined;
  /** The valid recorded epochs, in ascending order. */
  readonly history: readonly EpochRecord[];
  /** Number of completed epochs, including those of a trial that it continues. */
  readonly epochs: number;
  /**
   * The epoch whose weights early stopping restored. Without early stopping, the epoch with the best
   * validation metric.
   */
  readonly bestEpoch?: number | undefined;
  readonly train?: Metrics | undefined;
  readonly validation?: Metrics | undefined;
  readonly test?: Metrics | undefined;
  /** Seconds from start to end; undefined while the trial runs. */
  readonly seconds?: number | undefined;
  readonly reason?: string | undefined;
}

/** Thrown for events in an invalid order, such as an epoch of a trial that has not started. */
export class EventOrderError extends Error {
  override readonly name = "EventOrderError";
  /** Index of the event, from 0. */
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

/**
 * Returns the records of the trials of a journal, in the order in which the trials first started. Throws
 * EventOrderError.
 */
export function collectTrialRecords(events: Iterable<JournalEvent>): Map<number, TrialRecord> {
  const records = new Map<number, TrialRecord>();
  let index = 0;
  for (const event of events) applyEvent(records, event, index++);
  return records;
}

/**
 * Updates the records with an event. If the event is invalid, throws EventOrderError and leaves the records
 * unchanged.
 */
export function applyEvent(records: Map<number, TrialRecord>, event: JournalEvent, index: number): void {
  switch (event.event) {
    case "run":
      if (index > 0) throw new EventOrderError(index, `expected "run" only as the first event of a journal`);
      return;
    case "data": // Identifies the data of all trials; see RunDirectory.checkData.
      return;
    case "trial-started": {
      const { trial, seed, parameters, parent, worker, training, planned, network, after = 0 } = event;
      const history = records.get(trial)?.history.filter(({ epoch }) => epoch <= after) ?? [];
      records.set(trial, {
        trial,
        status: "running",
        seed,
        parameters,
        parent,
        worker,
        training,
        planned,
        network,
        history,
        epochs: history.at(-1)?.epoch ?? 0,
      });
      return;
    }
    case "epoch": {
      const record = running(records, event, index);
      const done = countCompletedEpochs(records, record);
      if (done !== undefined && event.epoch !== done + 1) {
        const place = done === 0 ? "comes first" : `comes after epoch ${done}`;
        throw new EventOrderError(index, `epoch ${event.epoch} of trial ${event.trial} ${place}`);
      }
      const { epoch, train, validation, seconds, imagesPerSecond } = event;
      const history = [...record.history, { epoch, train, validation, seconds, imagesPerSecond }];
      records.set(event.trial, { ...record, history, epochs: epoch });
      return;
    }
    case "trial-ended": {
      const record = running(records, event, index);
      const { status, epochs, bestEpoch, train, validation, test, seconds, reason } = event;
      const done = countCompletedEpochs(records, record);
      if (done !== undefined && !fits(event, done)) {
        throw new EventOrderError(
          index,
          `trial ${event.trial} is ${status} after ${epochs} epochs, of which ${done} are recorded`,
        );
      }
      records.set(event.trial, {
        ...record,
        status,
        epochs,
        bestEpoch,
        train,
        validation,
        test,
        seconds,
        reason,
      });
      return;
    }
    case "sweep-ended":
      for (const trial of records.keys()) if (trial > event.after) records.delete(trial);
      return;
    default:
      event satisfies never;
  }
}

/**
 * Returns the number of completed epochs of a trial, including those of the trial that it continues. Returns
 * undefined if the trial has no epochs yet and the end of the other trial is not recorded.
 */
export function countCompletedEpochs(
  records: ReadonlyMap<number, TrialRecord>,
  { trial, parent }: Pick<TrialRecord, "trial" | "parent">,
): number | undefined {
  const own = records.get(trial)?.history.at(-1)?.epoch;
  if (own !== undefined || parent === undefined) return own ?? 0;
  const other = records.get(parent);
  return other === undefined || other.status === "running" ? undefined : other.epochs;
}

/**
 * Whether the end of a trial is consistent with its recorded epochs. A completed or diverged trial must have
 * ended with the last recorded epoch. A pruned trial may have more recorded epochs.
 */
function fits({ status, epochs }: TrialEndedEvent, done: number): boolean {
  return status === "pruned" ? epochs <= done : status === "failed" || epochs === done;
}

function running(
  records: Map<number, TrialRecord>,
  event: { event: string; trial: number },
  index: number,
): TrialRecord {
  const record = records.get(event.trial);
  if (record?.status === "running") return record;
  const state = record === undefined ? "has not started" : `has ended (${record.status})`;
  throw new EventOrderError(index, `"${event.event}" of trial ${event.trial}, which ${state}`);
}
