import type { Trial } from "@nn/training";
import type { TrialObserver } from "./trial-observer.ts";
import { FailureCounter, runWithRetries, type RetryContext } from "./run-with-retries.ts";
import type { TrainingSegment } from "./sweep-scheduler.ts";
import { endExecutors, stopExecutors, type TrialExecutor } from "./trial-executor.ts";

/** Arguments of `dispatchTrials`: the scheduler of the trials, their executors, and when to give up. */
export interface DispatchOptions extends RetryContext {
  readonly executors: readonly TrialExecutor[];
  /** Number of consecutive failed trials after which the run ends, because all trials would probably fail. */
  readonly maxFailures: number;
}

/**
 * Trains the segments of a scheduler, with one segment per executor at a time. Dropped segments are not
 * reported. Resolves when all segments are done, or when the signal aborts. Throws the listener's errors,
 * RunDirectoryError and TooManyFailures. Always ends the executors.
 */
export async function dispatchTrials(options: DispatchOptions, listener: TrialObserver): Promise<void> {
  const { scheduler, executors } = options;
  const broken = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal]);
  const failures = new FailureCounter(options.maxFailures);
  /** Aborts when no work is left. */
  const over = new AbortController();
  const closing = AbortSignal.any([signal, over.signal]);
  /** The segments in training. */
  const executorByTrial = new Map<Trial, TrialExecutor>();
  let busy = 0;
  /** Executors that found no work while others were busy. */
  const idle: (() => void)[] = [];
  const wake = (): void => {
    for (const each of idle.splice(0)) each();
  };

  /**
   * Takes a segment and counts the executor as busy. Returns undefined if no segment is left, or if no more
   * segments may start.
   */
  const nextSegment = async (): Promise<TrainingSegment | undefined> => {
    while (!closing.aborted) {
      const part = scheduler.take();
      // Updated immediately, so that idle executors know that new work may follow.
      if (part !== undefined) busy += 1;
      if (part !== undefined || busy === 0) return part;
      await new Promise<void>((resolve) => idle.push(resolve));
    }
    return undefined;
  };

  /** Ends the training of segments whose trials the scheduler has dropped. */
  const drop = (): void => {
    for (const [trial, dropped] of executorByTrial) if (scheduler.isDropped(trial)) void dropped.end();
  };
  const droppingListener: TrialObserver = {
    ...listener,
    onReport(trial, report, worker) {
      listener.onReport(trial, report, worker);
      if (report.kind !== "epoch") return;
      scheduler.onEpoch();
      drop();
    },
  };

  const runExecutor = async (executor: TrialExecutor, number: number): Promise<void> => {
    try {
      for (;;) {
        await executor.ready?.(closing);
        const part = await nextSegment();
        if (part === undefined) return over.abort();
        executorByTrial.set(part.trial, executor);
        await runWithRetries(part, executor, number, { ...options, signal }, droppingListener, failures);
        executorByTrial.delete(part.trial);
        busy -= 1;
        drop();
        wake();
        if (scheduler.isOver) over.abort();
        // The process of this executor has exited, and there was no work left for it.
        if (scheduler.isDropped(part.trial)) return;
      }
    } catch (error) {
      broken.abort();
      throw error;
    }
  };

  const onAbort = (): void => {
    wake();
    void (options.signal.aborted ? stopExecutors(executors) : endExecutors(executors));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const results = await Promise.allSettled(
    executors.map((executor, index) => runExecutor(executor, index + 1)),
  );
  signal.removeEventListener("abort", onAbort);
  await endExecutors(executors);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  if (!signal.aborted && !scheduler.isOver) throw scheduler.createDeadlockError();
}
