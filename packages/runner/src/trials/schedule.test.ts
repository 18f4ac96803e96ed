import type { TrialRecord } from "@nn/results";
import { expect, test } from "vitest";

import { toySpec } from "../../test/support/toy-training.ts";
import type { Trial } from "../experiment.ts";
import { Course, type Part } from "./course.ts";
import type { Assignment, TrialOutcome } from "./messages.ts";
import { runCourse, type ScheduleListener, type Trainer } from "./schedule.ts";

const OUTCOME: TrialOutcome = { status: "completed", epochs: 1, seconds: 1, kernels: "none" };

/** Trains in so many turns of the event loop's queue of promises. */
function trainerOf(turns: number): Trainer {
  return {
    async run() {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      return OUTCOME;
    },
    end: () => Promise.resolve(),
  };
}

/** Trials of a sampler that learns, in generations of these sizes, given to these trainers; the numbers of those that have ended. */
async function ended(generations: readonly number[], trainers: readonly Trainer[]): Promise<number[]> {
  const trialsAfter = (before: number): Trial[] => {
    const sizes = [...generations];
    for (let rest = before; rest > 0;) rest -= sizes.shift() ?? rest;
    return Array.from({ length: sizes[0] ?? 0 }, (_, index) => ({
      number: before + index + 1,
      seed: 1,
      configuration: before + index,
      parameters: {},
      spec: toySpec,
    }));
  };
  const records = new Map<number, TrialRecord>();
  const course = new Course({
    experiment: {
      trials: trialsAfter(0),
      generations,
      repeats: 1,
      metric: "validation.accuracy",
      goal: "maximize",
    },
    next: (outcomes) => trialsAfter(outcomes.length),
    pruner: undefined,
    records,
    onPruned: () => {},
  });
  const listener: ScheduleListener = {
    onStart: () => {},
    onReport: () => {},
    onPaused: () => {},
    onEnd({ number: trial }) {
      const record = { trial, seed: 1, parameters: {}, worker: 1, history: [], epochs: 1 };
      records.set(trial, { ...record, status: "completed" });
    },
    onRetry: () => {},
    onFail: () => {},
  };
  const { signal } = new AbortController();
  const assign = ({ trial, until }: Part): Assignment => ({
    trial,
    until,
    experimentSeed: 1,
    threads: 1,
    experimentFolder: "/",
    dataFolder: "/",
    trialFolder: "/",
    metric: "validation.accuracy",
    goal: "maximize",
    checkpointSeconds: 0,
    recorded: 0,
  });
  await runCourse({ course, assign, trainers, retries: 0, mostFailures: 1, signal }, listener);
  return [...records.keys()].sort((a, b) => a - b);
}

test("a trial that several free trainers reach for is trained by one, and the others wait for what comes after it", async () => {
  for (const own of [0, 1, 2, 3, 5, 8, 13]) {
    for (const others of [0, 1, 2, 3, 5, 8, 13]) {
      const trainers = [trainerOf(own), trainerOf(others), trainerOf(others)];
      expect(await ended([3, 1, 2, 1, 1, 3], trainers)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    }
  }
});
