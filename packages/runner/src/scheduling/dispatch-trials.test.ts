import { expect, test } from "vitest";

import { createSweepExperiment } from "@nn/experiment/testing/toy-experiment";
import type { TrialRecord } from "@nn/results";
import type { Trial } from "@nn/training";
import { SweepScheduler } from "./sweep-scheduler.ts";
import { dispatchTrials } from "./dispatch-trials.ts";
import type { TrialObserver } from "./trial-observer.ts";
import type { TrialExecutor } from "./trial-executor.ts";

/** Ends each trial that it is given at once. */
const executor = (): TrialExecutor => ({
  run: async () => ({ status: "completed", epochs: 1, seconds: 1, kernels: "none" }),
  end: async () => {},
});

test.each([1, 2, 3, 8])(
  "generations of one trial each are trained to the last, by %i workers",
  async (workers) => {
    const { trials: all, ...experiment } = createSweepExperiment([1, 2, 3, 4, 5]);
    const generations = all.map(() => 1);
    const records = new Map<number, TrialRecord>();
    const scheduler = new SweepScheduler({
      experiment: { ...experiment, generations, trials: all.slice(0, 1) },
      next: ({ length }) => all.slice(length, length + 1),
      pruner: undefined,
      records,
      onPruned: () => {},
    });
    const ended: number[] = [];
    const nothing = (): void => {};
    const listener: TrialObserver = {
      onStart: nothing,
      onReport: nothing,
      onPaused: nothing,
      onRetry: nothing,
      onFail: nothing,
      onEnd: ({ number }: Trial) => ended.push(number),
    };
    await dispatchTrials(
      {
        scheduler,
        assign: ({ trial, until }) => ({
          trial,
          until,
          experimentSeed: 1,
          threads: 1,
          experimentFolder: "",
          dataFolder: "",
          trialFolder: "",
          recorded: 0,
          checkpointSeconds: 30,
          metric: experiment.metric,
          goal: experiment.goal,
        }),
        executors: Array.from({ length: workers }, executor),
        retries: 2,
        maxFailures: 5,
        signal: new AbortController().signal,
      },
      listener,
    );
    expect(ended).toEqual([1, 2, 3, 4, 5]);
    expect(scheduler.isOver).toBe(true);
  },
);
