import type { Trial, TrialAssignment, TrialOutcome, TrialReport } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { expect, test } from "vitest";

import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";
import { dispatchTrials, type DispatchOptions } from "./dispatch-trials.ts";
import type { SweepScheduler } from "./sweep-scheduler.ts";
import type { TrialExecutor } from "./trial-executor.ts";
import type { TrialObserver } from "./trial-observer.ts";

// How the dispatch ends: executors wait, are woken, lose their trials, are stopped or fail.

const outcome: TrialOutcome = { status: "completed", epochs: 1, seconds: 1, kernels: "none" };
const metrics = { loss: 1, accuracy: 1 };
const epoch: TrialReport = {
  kind: "epoch",
  epoch: { epoch: 1, train: metrics, seconds: 1, imagesPerSecond: 1 },
};

type Report = (report: TrialReport) => void;

/** A dispatch of trials to fake executors. */
class Fixture {
  /** The calls of executors, of the scheduler and of the listener, in order. */
  readonly events: string[] = [];
  /** The trials that are ready. */
  readonly ready: number[] = [];
  readonly dropped = new Set<number>();
  readonly stopping = new AbortController();
  /** Number of trials that have not ended. */
  open = 0;
  /** Called when a trial has ended. */
  onEnded = (_trial: number): void => {};
  /** Trains a trial. */
  train = async (_trial: number, _report: Report): Promise<TrialOutcome> => outcome;
  /** Resolves when an executor is ended or stopped. */
  readonly #over = Promise.withResolvers<void>();

  /** Waits until the executor of a trial is ended, as a process that is killed. */
  async killed(): Promise<never> {
    await this.#over.promise;
    throw new WorkerCrash("it was killed");
  }

  executor(number: number, changes: Partial<TrialExecutor> = {}): TrialExecutor {
    return {
      run: async ({ trial }: TrialAssignment, report: Report) => {
        this.events.push(`${number} trains ${trial.number}`);
        return this.train(trial.number, report);
      },
      stop: async () => {
        this.events.push(`stop ${number}`);
        this.#over.resolve();
      },
      end: async () => {
        this.events.push(`end ${number}`);
        this.#over.resolve();
      },
      ...changes,
    };
  }

  async run(executors: readonly TrialExecutor[], changes: Partial<DispatchOptions> = {}): Promise<void> {
    this.open += this.ready.length;
    const trialOf = (number: number): Trial => ({
      number,
      seed: 1,
      configuration: number,
      parameters: {},
      spec: toySpec,
    });
    const scheduler: Pick<
      SweepScheduler,
      "take" | "isDropped" | "isOver" | "onEpoch" | "onPaused" | "onEnded" | "createDeadlockError"
    > = {
      take: () => {
        const number = this.ready.shift();
        return number === undefined ? undefined : { trial: trialOf(number), until: 1 };
      },
      isDropped: ({ number }) => this.dropped.has(number),
      isOver: false,
      onEpoch: () => void this.events.push("scheduler: epoch"),
      onPaused: () => {},
      onEnded: ({ number }) => {
        this.open -= 1;
        this.onEnded(number);
      },
      createDeadlockError: () => new Error("deadlock"),
    };
    Object.defineProperty(scheduler, "isOver", { get: () => this.open === 0 });
    const listener: TrialObserver = {
      onStart: ({ trial }, worker) => this.events.push(`start ${trial.number} by ${worker}`),
      onReport: ({ number }, { kind }, worker) => this.events.push(`${number} ${kind} by ${worker}`),
      onStoppedWithCheckpoint: ({ number }) => this.events.push(`${number} has a checkpoint`),
      onPaused: ({ number }) => this.events.push(`${number} paused`),
      onEnd: ({ number }) => this.events.push(`${number} ended`),
      onRetry: ({ number }, reason) => this.events.push(`${number} retried: ${reason}`),
      onFail: ({ number }, reason) => this.events.push(`${number} failed: ${reason}`),
    };
    await dispatchTrials(
      {
        // The dispatch uses only these functions of the scheduler.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        scheduler: scheduler as SweepScheduler,
        executors,
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
          metric: "train.loss",
          goal: "minimize",
        }),
        retries: 0,
        maxFailures: 2,
        signal: this.stopping.signal,
        ...changes,
      },
      listener,
    );
  }
}

/** Resolves when the signal aborts, for an executor that is never ready. */
function untilAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
}

test("executors are numbered from 1, and are ended after the last trial", async () => {
  const run = new Fixture();
  run.ready.push(7, 8, 9);
  await run.run([run.executor(1), run.executor(2)]);
  expect(run.events.slice(0, 4)).toEqual(["start 7 by 1", "1 trains 7", "start 8 by 2", "2 trains 8"]);
  expect(run.events.filter((each) => each.endsWith("ended")).sort()).toEqual([
    "7 ended",
    "8 ended",
    "9 ended",
  ]);
  expect(run.events.slice(-2)).toEqual(["end 1", "end 2"]);
  expect(run.events.filter((each) => each.startsWith("stop"))).toEqual([]);
});

test("an idle executor is woken when the end of a trial makes another one ready", async () => {
  const run = new Fixture();
  run.ready.push(1);
  run.onEnded = (number) => {
    if (number !== 1) return;
    run.ready.push(2, 3);
    run.open += 2;
  };
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  // Trials 2 and 3 end only if they are trained at the same time.
  run.train = async (number) => {
    if (number === 1) return outcome;
    waiting += 1;
    if (waiting === 2) both.resolve();
    await both.promise;
    return outcome;
  };
  await run.run([run.executor(1), run.executor(2)]);
  expect(run.events.filter((each) => each.includes("trains")).sort()).toEqual([
    "1 trains 1",
    "1 trains 3",
    "2 trains 2",
  ]);
});

test("an epoch may drop a trial in training: its executor ends at once, and takes no more trials", async () => {
  const run = new Fixture();
  run.ready.push(1, 2);
  const begun = Promise.withResolvers<void>();
  run.train = async (number, report) => {
    if (number === 2) {
      begun.resolve();
      return run.killed();
    }
    await begun.promise;
    if (number > 2) return outcome;
    run.dropped.add(2);
    run.ready.push(3, 4);
    run.open += 1;
    report({ kind: "alive" });
    run.events.push("-");
    report(epoch);
    return outcome;
  };
  await run.run([run.executor(1), run.executor(2)]);
  expect(run.events.slice(4)).toEqual([
    // Only an epoch can end the sweep.
    "1 alive by 1",
    "-",
    "1 epoch by 1",
    "scheduler: epoch",
    "end 2",
    "1 ended",
    // The trial is still in training.
    "end 2",
    "start 3 by 1",
    "1 trains 3",
    "3 ended",
    "start 4 by 1",
    "1 trains 4",
    "4 ended",
    "end 1",
    "end 2",
  ]);
});

test("the end of a trial may drop a trial in training", async () => {
  const run = new Fixture();
  run.ready.push(1, 2);
  const begun = Promise.withResolvers<void>();
  run.train = async (number) => {
    if (number === 2) {
      begun.resolve();
      return run.killed();
    }
    await begun.promise;
    return outcome;
  };
  run.onEnded = () => {
    run.dropped.add(2);
    run.open = 0;
  };
  await run.run([run.executor(1), run.executor(2)]);
  expect(run.events.slice(4)).toEqual(["1 ended", "end 2", "end 1", "end 2"]);
});

test("if the run stops, the executors are stopped, and the trials have checkpoints", async () => {
  const run = new Fixture();
  run.ready.push(1, 2, 3);
  run.train = async (_number, report) => {
    run.stopping.abort();
    report({ kind: "checkpoint", epoch: 1, seen: 0 });
    return run.killed();
  };
  await run.run([run.executor(1)]);
  expect(run.events).toEqual(["start 1 by 1", "1 trains 1", "stop 1", "1 has a checkpoint", "end 1"]);
});

test("an idle executor does not wait further if the run stops", async () => {
  const run = new Fixture();
  run.ready.push(1);
  run.train = async () => {
    // Lets the other executor look for work first.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    run.stopping.abort();
    return run.killed();
  };
  await run.run([run.executor(1), run.executor(2)]);
  expect(run.events.slice(2)).toEqual(["stop 1", "stop 2", "end 1", "end 2"]);
});

test("if the run is already stopped, nothing is trained", async () => {
  const run = new Fixture();
  run.ready.push(1);
  run.stopping.abort();
  await run.run([run.executor(1)]);
  expect(run.events).toEqual(["end 1"]);
});

test("an error ends all executors without checkpoints, and is thrown", async () => {
  const run = new Fixture();
  run.ready.push(1, 2, 3);
  const begun = Promise.withResolvers<void>();
  run.train = async (number) => {
    if (number === 2) {
      begun.resolve();
      return run.killed();
    }
    await begun.promise;
    throw new Error("the disk is full");
  };
  await expect(run.run([run.executor(1), run.executor(2)])).rejects.toThrow(new Error("the disk is full"));
  expect(run.events.slice(4)).toEqual(["end 1", "end 2", "end 1", "end 2"]);
});

test("an idle executor does not wait further if another one throws an error", async () => {
  const run = new Fixture();
  run.ready.push(1);
  run.train = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    throw new Error("the disk is full");
  };
  await expect(run.run([run.executor(1), run.executor(2)])).rejects.toThrow("the disk is full");
  expect(run.events.slice(2)).toEqual(["end 1", "end 2", "end 1", "end 2"]);
});

test("a signal that aborts after the end changes nothing", async () => {
  const run = new Fixture();
  run.ready.push(1);
  await run.run([run.executor(1)]);
  const before = [...run.events];
  run.stopping.abort();
  expect(run.events).toEqual(before);
});

test("after the last trial, an executor does not wait until it is ready again", async () => {
  const run = new Fixture();
  run.ready.push(1);
  let isFirst = true;
  const ready = async (signal: AbortSignal): Promise<void> => {
    if (!isFirst) await untilAbort(signal);
    isFirst = false;
  };
  await run.run([run.executor(1, { ready })]);
  expect(run.events).toEqual(["start 1 by 1", "1 trains 1", "1 ended", "end 1"]);
});

test("too many failures in a row end the run, over all executors", async () => {
  const run = new Fixture();
  run.ready.push(1, 2, 3);
  run.train = async () => {
    throw new TrialFailure("no memory", "");
  };
  await expect(run.run([run.executor(1), run.executor(2)])).rejects.toThrow("2 trials in a row failed");
  expect(run.events.filter((each) => each.includes("failed")).sort()).toEqual([
    "1 failed: no memory",
    "2 failed: no memory",
  ]);
  expect(run.ready).toEqual([3]);
});

test("if trials are left but none is ready, the error of the scheduler is thrown", async () => {
  const run = new Fixture();
  run.open = 1;
  await expect(run.run([run.executor(1), run.executor(2)])).rejects.toThrow(new Error("deadlock"));
  expect(run.events).toEqual(["end 1", "end 2"]);
});

test("an executor that is never ready ends if no trial is ready for the others", async () => {
  const run = new Fixture();
  run.open = 1;
  const waiting = run.executor(2, { ready: untilAbort });
  await expect(run.run([run.executor(1), waiting])).rejects.toThrow(new Error("deadlock"));
});

test("an executor takes a trial only when it is ready, each time", async () => {
  const run = new Fixture();
  run.ready.push(1, 2);
  const ready = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    run.events.push("ready");
  };
  await run.run([run.executor(1, { ready })]);
  expect(run.events).toEqual([
    "ready",
    "start 1 by 1",
    "1 trains 1",
    "1 ended",
    "ready",
    "start 2 by 1",
    "1 trains 2",
    "2 ended",
    "ready",
    "end 1",
  ]);
});

test("an executor that is never ready ends with the last trial of the others, or with their error", async () => {
  const ready = untilAbort;
  const run = new Fixture();
  run.ready.push(1, 2);
  await run.run([run.executor(1, { ready }), run.executor(2)]);
  expect(run.events.filter((each) => each.includes("trains"))).toEqual(["2 trains 1", "2 trains 2"]);
  const failing = new Fixture();
  failing.ready.push(1, 2);
  failing.train = async () => {
    throw new Error("the disk is full");
  };
  const error = new Error("the disk is full");
  await expect(failing.run([failing.executor(1, { ready }), failing.executor(2)])).rejects.toThrow(error);
});
