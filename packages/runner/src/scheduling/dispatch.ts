import type { Assignment, CheckpointReport, Report, Trial, TrialOutcome } from "@nn/training";
import type { Course, Part } from "./sweep-scheduler.ts";
import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";

/** Told what happens to the trials. What it throws ends the run: a journal that cannot be written, for one. */
export interface ScheduleListener {
  /** `worker`: 1, 2, …, which of them trains it. Called for each part of a trial, and again when it is tried again. */
  onStart(part: Part, worker: number): void;
  onReport(trial: Trial, report: Report, worker: number): void;
  /** The run is being stopped, and there is a checkpoint of the trial to go on from. */
  onKept?(trial: Trial, place: CheckpointReport): void;
  /** A part has ended, and the trial not; it waits at a rung. */
  onPaused(trial: Trial, outcome: TrialOutcome): void;
  onEnd(trial: Trial, outcome: TrialOutcome): void;
  /** The process that trained it is gone; it is tried again. */
  onRetry(trial: Trial, reason: string): void;
  /** `stack` where the error has one. */
  onFail(trial: Trial, reason: string, stack: string | null): void;
}

/** What trains one trial at a time: a process of this machine, or somebody far away. */
export interface Trainer {
  /** Resolves when it can train another, or when the signal is given; absent where it always can. */
  ready?(signal: AbortSignal): Promise<void>;
  /** Rejects with WorkerCrash, TrialFailure, RunDirectoryError or what `onReport` throws. One at a time. */
  run(assignment: Assignment, onReport: (report: Report) => void): Promise<TrialOutcome>;
  /** Writes a checkpoint of what it does, if it can, and does nothing more. */
  stop?(): Promise<void>;
  /** Drops what it does, and does nothing more. */
  end(): Promise<void>;
}

export interface Schedule {
  readonly course: Course;
  /** What a trainer is told, asked for when the part starts. */
  readonly assign: (part: Part) => Assignment;
  readonly trainers: readonly Trainer[];
  /** How often in a row a part is tried again after its process has crashed, without getting further than before. */
  readonly retries: number;
  /** So many trials that fail one after the other end the run: there is something wrong with all of them. */
  readonly mostFailures: number;
  /** Ends the run: trials in training are stopped, and nothing more is told than the places that they are kept at. */
  readonly signal: AbortSignal;
}

/** Trials have failed one after the other. The message has the first cause. */
export class TooManyFailures extends Error {
  override readonly name = "TooManyFailures";
}

/**
 * Trains the parts of a course, as many at once as there are trainers; what is dropped on the way is not told of. Resolves when nothing is left to do, or when the signal has been
 * given. Throws what the listener throws, RunDirectoryError and TooManyFailures. The trainers are ended then, in any of these cases.
 */
export async function runCourse(schedule: Schedule, listener: ScheduleListener): Promise<void> {
  const { course, trainers } = schedule;
  const broken = new AbortController();
  const signal = AbortSignal.any([schedule.signal, broken.signal]);
  const failures = new Failures(schedule.mostFailures);
  /** Nothing is left to do. */
  const over = new AbortController();
  const closing = AbortSignal.any([signal, over.signal]);
  /** What is trained now. */
  const working = new Map<Trial, Trainer>();
  let busy = 0;
  /** Those who found nothing to do while others were at work. */
  const idle: (() => void)[] = [];
  const wake = (): void => {
    for (const each of idle.splice(0)) each();
  };

  /** Takes a part, and counts as busy from then on. Undefined where nothing is left, or no more is to be begun. */
  const nextPart = async (): Promise<Part | undefined> => {
    while (!closing.aborted) {
      const part = course.take();
      // At once: another that finds nothing to do must know that there may be something again.
      if (part !== undefined) busy += 1;
      if (part !== undefined || busy === 0) return part;
      await new Promise<void>((resolve) => idle.push(resolve));
    }
    return undefined;
  };

  /** Ends the training of what does not count. */
  const drop = (): void => {
    for (const [trial, dropped] of working) if (course.isDropped(trial)) void dropped.end();
  };
  const told: ScheduleListener = {
    ...listener,
    onReport(trial, report, worker) {
      listener.onReport(trial, report, worker);
      if (report.kind !== "epoch") return;
      course.onEpoch();
      drop();
    },
  };

  const serve = async (trainer: Trainer, number: number): Promise<void> => {
    try {
      for (;;) {
        await trainer.ready?.(closing);
        if (closing.aborted) return;
        const part = await nextPart();
        if (part === undefined) return over.abort();
        working.set(part.trial, trainer);
        await runWithRetries({ ...schedule, signal }, told, failures, trainer, number, part);
        working.delete(part.trial);
        busy -= 1;
        drop();
        wake();
        if (busy === 0 && course.isOver) over.abort();
        // Its process is gone, and there was no work left for it.
        if (course.isDropped(part.trial)) return;
      }
    } catch (error) {
      broken.abort();
      throw error;
    }
  };

  const onAbort = (): void => {
    wake();
    void (schedule.signal.aborted ? stopTrainers(trainers) : endTrainers(trainers));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const results = await Promise.allSettled(trainers.map((trainer, index) => serve(trainer, index + 1)));
  signal.removeEventListener("abort", onAbort);
  await endTrainers(trainers);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  if (!signal.aborted && !course.isOver) throw new Error("Trials wait for each other without end.");
}

export async function endTrainers(trainers: readonly Trainer[]): Promise<void> {
  await Promise.all(trainers.map((trainer) => trainer.end()));
}

async function stopTrainers(trainers: readonly Trainer[]): Promise<void> {
  await Promise.all(trainers.map(stopTrainer));
}

/** With a checkpoint, if it can write one. */
export function stopTrainer(trainer: Trainer): Promise<void> {
  return trainer.stop?.() ?? trainer.end();
}

async function runWithRetries(
  schedule: Schedule,
  listener: ScheduleListener,
  failures: Failures,
  trainer: Trainer,
  number: number,
  part: Part,
): Promise<void> {
  const { course, signal, retries } = schedule;
  const { trial } = part;
  const isDropped = (): boolean => signal.aborted || course.isDropped(trial);
  const fail = (reason: string, stack: string | null): void => {
    listener.onFail(trial, reason, stack);
    failures.add(trial, reason);
    course.onEnded(trial);
  };
  const progress = new FurthestPlace();
  for (let attempt = 0; ; attempt++) {
    listener.onStart(part, number);
    try {
      const outcome = await trainer.run(schedule.assign(part), (report) => {
        if (signal.aborted && report.kind === "checkpoint") listener.onKept?.(trial, report);
        if (isDropped()) return;
        // What gets further each time comes to its end, however often its process is killed.
        if (progress.isFurther(report)) attempt = 0;
        listener.onReport(trial, report, number);
      });
      if (isDropped()) return;
      if (outcome.status === "paused") {
        listener.onPaused(trial, outcome);
        course.onPaused(trial);
      } else {
        listener.onEnd(trial, outcome);
        failures.clear();
        course.onEnded(trial);
      }
      return;
    } catch (error) {
      if (isDropped()) return;
      if (error instanceof TrialFailure) return fail(error.message, error.stack || null);
      if (!(error instanceof WorkerCrash)) throw error;
      if (attempt === retries) return fail(`${error.message} (${attempt + 1} times)`, null);
      listener.onRetry(trial, error.message);
    }
  }
}

/** How far a part has come, over all attempts: what the next attempt has, which need not do it again. */
class FurthestPlace {
  #epoch = 0;
  #seen = 0;

  /** Whether the report is of a checkpoint beyond all before. */
  isFurther(report: Report): boolean {
    if (report.kind !== "checkpoint") return false;
    const { epoch, seen } = report;
    if (epoch < this.#epoch || (epoch === this.#epoch && seen <= this.#seen)) return false;
    this.#epoch = epoch;
    this.#seen = seen;
    return true;
  }
}

/** Counts trials that fail one after the other. */
class Failures {
  readonly #most: number;
  #count = 0;
  #first = "";

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws TooManyFailures at the last one that is allowed. */
  add(trial: Trial, reason: string): void {
    if (this.#count === 0) this.#first = `trial ${trial.number}: ${reason}`;
    this.#count += 1;
    if (this.#count < this.#most) return;
    throw new TooManyFailures(
      `${this.#count} trials in a row failed, so the run was stopped. The first was ${this.#first}`,
    );
  }

  clear(): void {
    this.#count = 0;
  }
}
