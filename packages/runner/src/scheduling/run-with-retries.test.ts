import type { Trial, TrialAssignment, TrialOutcome, TrialReport } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { expect, test } from "vitest";

import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";
import { FailureCounter, runWithRetries, TooManyFailures, type RetryContext } from "./run-with-retries.ts";
import type { SweepScheduler } from "./sweep-scheduler.ts";
import type { TrialObserver } from "./trial-observer.ts";

const trial: Trial = { number: 4, seed: 1, configuration: 0, parameters: {}, spec: toySpec };
const part = { trial, until: 3 };
const outcome: TrialOutcome = { status: "completed", epochs: 3, seconds: 1, kernels: "none" };
const checkpoint = (epoch: number, seen: number) => ({ kind: "checkpoint", epoch, seen }) as const;

const assignment: TrialAssignment = {
  trial,
  until: 3,
  experimentSeed: 1,
  threads: 1,
  experimentFolder: "",
  dataFolder: "",
  trialFolder: "",
  metric: "train.loss",
  goal: "minimize",
  checkpointSeconds: 1,
  recorded: 0,
};

/** What an attempt does: it reports, and then it ends or throws. */
type Attempt = (report: (report: TrialReport) => void) => TrialOutcome;

interface Run {
  /** The events of the listener, the scheduler and `assign`, in order. */
  readonly events: readonly string[];
  readonly error: unknown;
}

/** Trains the segment. The last attempt repeats; more than 20 are an error. */
async function run(
  attempts: readonly Attempt[],
  {
    retries = 2,
    failures = new FailureCounter(5),
    signal = new AbortController().signal,
    isDropped = () => false,
  }: Partial<RetryContext> & { failures?: FailureCounter; isDropped?: () => boolean } = {},
): Promise<Run> {
  const events: string[] = [];
  const of = ({ number }: Trial, text: string): void => void events.push(`${number} ${text}`);
  const listener: TrialObserver = {
    onStart: ({ trial: started, until }, worker) => of(started, `start to ${until} by ${worker}`),
    onReport(reported, report, worker) {
      of(
        reported,
        report.kind === "checkpoint" ? `${report.epoch}.${report.seen} by ${worker}` : report.kind,
      );
    },
    onStoppedWithCheckpoint: (stopped, { epoch, seen }) => of(stopped, `stopped at ${epoch}.${seen}`),
    onPaused: (paused, { epochs }) => of(paused, `paused after ${epochs}`),
    onEnd: (ended, { status }) => of(ended, status),
    onRetry: (retried, reason) => of(retried, `retry: ${reason}`),
    onFail: (failed, reason, stack) => of(failed, `failed: ${reason}, ${stack}`),
  };
  const scheduler: Pick<SweepScheduler, "isDropped" | "onPaused" | "onEnded"> = {
    isDropped: (asked) => asked === trial && isDropped(),
    onPaused: (paused) => of(paused, "scheduler: paused"),
    onEnded: (ended) => of(ended, "scheduler: ended"),
  };
  let count = 0;
  const executor = {
    async run(given: TrialAssignment, onReport: (report: TrialReport) => void): Promise<TrialOutcome> {
      expect(given).toBe(assignment);
      expect(count).toBeLessThan(20);
      return attempts[Math.min(count++, attempts.length - 1)]!(onReport);
    },
    end: async () => void events.push("end"),
  };
  const assign: RetryContext["assign"] = (assigned) => {
    expect(assigned).toBe(part);
    return assignment;
  };
  let error: unknown;
  try {
    // The segment uses only these functions of the scheduler.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const context = { scheduler: scheduler as SweepScheduler, assign, retries, signal };
    await runWithRetries(part, executor, 7, context, listener, failures);
  } catch (thrown) {
    error = thrown;
  }
  return { events, error };
}

const crash = (...reports: readonly TrialReport[]): Attempt => {
  return (report) => {
    for (const each of reports) report(each);
    throw new WorkerCrash("it was killed");
  };
};

const start = "4 start to 3 by 7";
const retry = "4 retry: it was killed";
const failed = "4 failed: it was killed (3 times), null";

test("a trial that ends is reported to the listener before the scheduler", async () => {
  const { events, error } = await run([() => outcome]);
  expect(error).toBeUndefined();
  expect(events).toEqual([start, "4 completed", "4 scheduler: ended"]);
});

test("a paused segment does not end its trial", async () => {
  const { events } = await run([() => ({ ...outcome, status: "paused", epochs: 2 })]);
  expect(events).toEqual([start, "4 paused after 2", "4 scheduler: paused"]);
});

test("without progress, a segment is retried `retries` times, and then its trial fails", async () => {
  const { events, error } = await run([crash()]);
  expect(events).toEqual([start, retry, start, retry, start, failed, "4 scheduler: ended"]);
  expect(error).toBeUndefined();
  const once = await run([crash()], { retries: 0 });
  expect(once.events).toEqual([start, "4 failed: it was killed (1 times), null", "4 scheduler: ended"]);
});

test("each attempt with a further checkpoint starts the count of the retries again", async () => {
  const attempts = [
    crash(),
    crash(),
    crash(checkpoint(1, 5)),
    crash(),
    crash(checkpoint(1, 6)),
    crash(),
    crash(checkpoint(2, 0)),
    () => outcome,
  ];
  const { events } = await run(attempts);
  expect(events.filter((each) => each === retry)).toHaveLength(7);
  expect(events.slice(-3)).toEqual([start, "4 completed", "4 scheduler: ended"]);
});

test.each([
  ["at the same place", checkpoint(2, 5)],
  ["in an earlier epoch, with more images", checkpoint(1, 9)],
  ["with fewer images", checkpoint(2, 4)],
  [
    "that is no checkpoint",
    { kind: "progress", epoch: 9, seen: 9, total: 9, train: { loss: 1, accuracy: 1 }, imagesPerSecond: 1 },
  ],
] as const)("a report %s is no progress", async (_what, report) => {
  const { events } = await run([crash(checkpoint(2, 5)), crash(report)]);
  expect(events.filter((each) => each === start)).toHaveLength(3);
  expect(events.slice(-2)).toEqual([failed, "4 scheduler: ended"]);
});

test("a checkpoint of an earlier epoch does not replace the furthest one", async () => {
  const attempts = [crash(checkpoint(2, 5)), crash(checkpoint(1, 9), checkpoint(2, 3))];
  const { events } = await run(attempts);
  expect(events.filter((each) => each === start)).toHaveLength(3);
});

test("the count of the retries starts at the attempt that made progress", async () => {
  const { events } = await run([crash(), crash(), crash(checkpoint(1, 0)), crash()], { retries: 2 });
  expect(events.filter((each) => each === start)).toHaveLength(5);
  expect(events.at(-2)).toBe(failed);
});

test("a trial that throws an error fails at once, with its stack if there is one", async () => {
  const fail = (stack: string): Attempt => {
    return () => {
      throw new TrialFailure("no memory", stack);
    };
  };
  expect((await run([fail("at a line")])).events).toEqual([
    start,
    "4 failed: no memory, at a line",
    "4 scheduler: ended",
  ]);
  expect((await run([fail("")])).events[1]).toBe("4 failed: no memory, null");
});

test("any other error ends the run", async () => {
  const thrown = new Error("the disk is full");
  const { events, error } = await run([
    () => {
      throw thrown;
    },
  ]);
  expect(error).toBe(thrown);
  expect(events).toEqual([start]);
});

test.each([
  ["an end", () => outcome],
  ["a pause", () => ({ ...outcome, status: "paused" as const })],
  ["a crash", crash()],
  [
    "a failure",
    (): TrialOutcome => {
      throw new TrialFailure("no memory", "");
    },
  ],
  [
    "another error",
    (): TrialOutcome => {
      throw new Error("ended");
    },
  ],
])("of a dropped trial, neither the reports nor %s are reported", async (_what, end) => {
  let isDropped = false;
  const attempt: Attempt = (report) => {
    report(checkpoint(1, 0));
    isDropped = true;
    report(checkpoint(2, 0));
    return end(report);
  };
  const { events, error } = await run([attempt], { isDropped: () => isDropped });
  expect(error).toBeUndefined();
  expect(events).toEqual([start, "4 1.0 by 7"]);
});

test("while the run stops, only checkpoints are reported, as those to resume from", async () => {
  const stopping = new AbortController();
  const attempt: Attempt = (report) => {
    report(checkpoint(1, 0));
    stopping.abort();
    report({ kind: "alive" });
    report(checkpoint(2, 3));
    throw new WorkerCrash("it was stopped");
  };
  const { events, error } = await run([attempt], { signal: stopping.signal });
  expect(error).toBeUndefined();
  expect(events).toEqual([start, "4 1.0 by 7", "4 stopped at 2.3"]);
});

test("the run ends if too many trials in a row fail, with the reason of the first", async () => {
  const failures = new FailureCounter(2);
  const fail: Attempt = () => {
    throw new TrialFailure("no memory", "");
  };
  expect((await run([fail], { failures })).error).toBeUndefined();
  const { events, error } = await run([crash()], { failures, retries: 0 });
  expect(error).toEqual(
    new TooManyFailures("2 trials in a row failed, so the run was stopped. The first was trial 4: no memory"),
  );
  // The failure is recorded before the run ends.
  expect(events).toEqual([start, "4 failed: it was killed (1 times), null"]);
});

test("a completed trial resets the count of failures, and a paused one does not", async () => {
  const fail: Attempt = () => {
    throw new TrialFailure("no memory", "");
  };
  const completes = new FailureCounter(2);
  await run([fail], { failures: completes });
  await run([() => outcome], { failures: completes });
  expect((await run([fail], { failures: completes })).error).toBeUndefined();
  const pauses = new FailureCounter(2);
  await run([fail], { failures: pauses });
  await run([() => ({ ...outcome, status: "paused" })], { failures: pauses });
  expect((await run([fail], { failures: pauses })).error).toBeInstanceOf(TooManyFailures);
});

test("after a reset, the first failure is the next one", () => {
  const failures = new FailureCounter(3);
  const at = (number: number): Trial => ({ ...trial, number });
  failures.add(at(1), "first");
  failures.add(at(2), "second");
  failures.clear();
  failures.add(at(3), "third");
  failures.add(at(4), "fourth");
  expect(() => failures.add(at(5), "fifth")).toThrow(
    "3 trials in a row failed, so the run was stopped. The first was trial 3: third",
  );
});
