import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";

import type { TrialAssignment } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { WorkerCrash, WorkerProcess, type WorkerLimits } from "./worker-process.ts";

/** In seconds. */
const SILENCE = 2;

let now = 0;
beforeEach(() => {
  now = 0;
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => void vi.useRealTimers());

/** Simulates time that passes while a process waits. */
function wait(seconds: number): void {
  for (let tick = 0; tick < seconds * 2; tick++) {
    now += 0.5;
    vi.advanceTimersByTime(500);
  }
}

/** A worker process that sends `times` notices and then reports the end of its trial, without training. */
function speaker(times: number, limits: WorkerLimits = { silence: SILENCE }): WorkerProcess {
  const program = `
    const outcome = { status: "completed", epochs: 1, seconds: 1, kernels: "none" };
    process.once("message", () => {
      for (let time = 1; time <= ${times}; time++) process.send({ kind: "notice", message: String(time) });
      process.send({ kind: "ended", outcome });
    });
    // What would train is loaded after this, which has no end.
    await new Promise(() => {});
  `;
  const flags = ["--import", `data:text/javascript,${encodeURIComponent(program)}`];
  const worker = new WorkerProcess(flags, limits, () => now);
  onTestFinished(() => worker.end());
  return worker;
}

const assignment: TrialAssignment = {
  trial: { number: 1, configuration: 0, seed: 1, parameters: {}, spec: toySpec },
  experimentSeed: 1,
  threads: 1,
  experimentFolder: "",
  dataFolder: "",
  trialFolder: "",
  metric: "train.loss",
  goal: "minimize",
  until: 1,
  checkpointSeconds: 1,
  recorded: 0,
};

test("each message of a worker restarts the limit of silence", async () => {
  const heard: string[] = [];
  const outcome = await speaker(5).run(assignment, (report) => {
    if (report.kind === "notice") heard.push(report.message);
    wait(0.75 * SILENCE);
  });
  expect(outcome.status).toBe("completed");
  expect(heard).toEqual(["1", "2", "3", "4", "5"]);
});

test("a worker that is silent for longer is killed", async () => {
  const training = speaker(5).run(assignment, () => wait(1.25 * SILENCE));
  await expect(training).rejects.toThrow(WorkerCrash);
  await expect(training).rejects.toThrow("it was silent for 2 s");
});

test("the time limit of a trial does not count the start of its process", async () => {
  const worker = speaker(1, { silence: 1000, training: 10 });
  const training = worker.run(assignment, () => wait(5));
  wait(60);
  expect((await training).status).toBe("completed");
});

test("a trial that trains longer than its time limit fails", async () => {
  const worker = speaker(5, { silence: 1000, training: 10 });
  await expect(worker.run(assignment, () => wait(5))).rejects.toThrow("10 s");
});
