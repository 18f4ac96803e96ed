import { expect, test } from "vitest";

import { sweepOver } from "@nn/experiment/testing/toy-experiment";
import type { TrialRecord } from "@nn/results";
import type { Trial } from "@nn/training";
import { Course } from "./sweep-scheduler.ts";
import { runCourse, type ScheduleListener, type Trainer } from "./dispatch.ts";

/** Ends each trial that it is given at once. */
const trainer = (): Trainer => ({
  run: async () => ({ status: "completed", epochs: 1, seconds: 1, kernels: "none" }),
  end: async () => {},
});

test.each([1, 2, 3, 8])(
  "generations of one trial each are trained to the last, by %i workers",
  async (workers) => {
    const { trials: all, ...experiment } = sweepOver([1, 2, 3, 4, 5]);
    const generations = all.map(() => 1);
    const records = new Map<number, TrialRecord>();
    const course = new Course({
      experiment: { ...experiment, generations, trials: all.slice(0, 1) },
      next: ({ length }) => all.slice(length, length + 1),
      pruner: undefined,
      records,
      onPruned: () => {},
    });
    const ended: number[] = [];
    const nothing = (): void => {};
    const listener: ScheduleListener = {
      onStart: nothing,
      onReport: nothing,
      onPaused: nothing,
      onRetry: nothing,
      onFail: nothing,
      onEnd: ({ number }: Trial) => ended.push(number),
    };
    await runCourse(
      {
        course,
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
        trainers: Array.from({ length: workers }, trainer),
        retries: 2,
        mostFailures: 5,
        signal: new AbortController().signal,
      },
      listener,
    );
    expect(ended).toEqual([1, 2, 3, 4, 5]);
    expect(course.isOver).toBe(true);
  },
);
