import { expect, test } from "vitest";

import { createRecordingTerminal } from "../../test/support/recording-terminal.ts";
import { createSingleTrialExperiment, createSweepExperiment } from "@nn/experiment/testing/toy-experiment";
import type { TrialReport } from "@nn/training";
import { RunProgressReporter } from "./run-progress-reporter.ts";
import { formatEpochLine } from "./summary.ts";

const train = { loss: 0.25, accuracy: 0.9 };
const validation = { loss: 0.3, accuracy: 0.89 };
const epoch = (number: number): TrialReport => ({
  kind: "epoch",
  epoch: { epoch: number, train, validation, seconds: 0.5, imagesPerSecond: 100_000 },
});
const progress: TrialReport = {
  kind: "progress",
  epoch: 2,
  seen: 20,
  total: 40,
  train,
  imagesPerSecond: 123_456,
};
const completed = {
  status: "completed",
  epochs: 3,
  bestEpoch: 3,
  train,
  validation,
  test: validation,
  seconds: 1.5,
  kernels: "reference",
} as const;

test("in a pipe, a single trial prints one line per epoch and nothing else", () => {
  const terminal = createRecordingTerminal({ width: 200 });
  const experiment = createSingleTrialExperiment();
  const [trial] = experiment.trials;
  const screen = new RunProgressReporter(experiment, new Map(), terminal, () => 0);
  screen.report(trial!, epoch(1));
  screen.report(trial!, progress);
  screen.ended(trial!, completed);
  screen.stop();
  expect(terminal.text()).toBe(
    "epoch 1/3   training loss 0.2500  accuracy 90.00 %   validation loss 0.3000  accuracy 89.00 %   " +
      "100,000 images/s   0.5 s\n",
  );
});

test("in a pipe, several trials print one line each", () => {
  const terminal = createRecordingTerminal();
  const experiment = createSweepExperiment([0.1, 0.2]);
  const [first, second] = experiment.trials;
  const screen = new RunProgressReporter(experiment, new Map(), terminal, () => 0);
  screen.report(first!, epoch(1));
  screen.ended(first!, completed);
  screen.ended(second!, { ...completed, status: "diverged", reason: "the loss is not finite." });
  expect(terminal.text()).toBe(
    "trial 1 (seed 1, learningRate 0.1) of 2 completed   validation.accuracy 89.00 %   3 epochs   1.5 " +
      "s   best so far\n" +
      "trial 2 (seed 1, learningRate 0.2) diverged: the loss is not finite.\n",
  );
});

test("a notice that every worker sends is shown once", () => {
  const terminal = createRecordingTerminal();
  const experiment = createSweepExperiment([0.1, 0.2]);
  const screen = new RunProgressReporter(experiment, new Map(), terminal, () => 0);
  for (const trial of experiment.trials)
    screen.report(trial, { kind: "notice", message: "notice: plain kernels" });
  expect(terminal.text()).toBe("notice: plain kernels\n");
});

test("on a terminal, the bar shows progress, metrics, speed and remaining time", () => {
  const terminal = createRecordingTerminal({ interactive: true, width: 120 });
  let seconds = 0;
  const experiment = createSingleTrialExperiment();
  const screen = new RunProgressReporter(experiment, new Map(), asTerminal(terminal), () => seconds);
  seconds = 6;
  screen.report(experiment.trials[0]!, progress);
  screen.report(experiment.trials[0]!, epoch(1)); // prints a line above the bar, which redraws the bar
  screen.report(experiment.trials[0]!, progress);
  screen.failed(experiment.trials[0]!, "for the sake of a line", undefined);
  screen.stop();
  expect(terminal.text()).toContain(
    "50 %  epoch 2/3  loss 0.2500  accuracy 90.00 %  123,456 images/s  6.0 s left",
  );
  expect(terminal.text()).toContain("epoch 1/3   training loss 0.2500");
});

test.for([
  [
    122,
    "epoch  1/12   training loss 0.2500  accuracy 90.00 %   validation loss 0.3000  accuracy 89.00 %   " +
      "100,000 images/s   0.5 s",
  ],
  [100, "epoch  1/12  training 0.2500 90.00 %  validation 0.3000 89.00 %  100,000 images/s  0.5 s"],
  [81, "epoch  1/12  training 0.2500 90.00 %  validation 0.3000 89.00 %  100,000/s  0.5 s"],
  [80, "epoch  1/12  training 0.2500 90.00 %  validation 0.3000 89.00 %  100,000/s"],
  [70, "epoch  1/12  training 0.2500 90.00 %  validation 0.3000 89.00 %"],
  [40, "epoch  1/12  validation 0.3000 89.00 %"],
] as const)("an epoch fits on one line of a terminal that is %i characters wide", ([width, line]) => {
  expect(line.length).toBeLessThanOrEqual(width);
  const report = { epoch: 1, train, validation, seconds: 0.5, imagesPerSecond: 100_000 };
  expect(formatEpochLine(report, 12, width)).toBe(line);
});

test.for([
  [
    150,
    "epoch  1/12   training loss 0.2500  accuracy 90.00 %   validation loss 0.3000  accuracy 89.00 %   trained earlier",
  ],
  [90, "epoch  1/12  training 0.2500 90.00 %  validation 0.3000 89.00 %  trained earlier"],
  [70, "epoch  1/12  training 0.2500 90.00 %  validation 0.3000 89.00 %"],
] as const)("an epoch from before an interruption has no times, %i characters wide", ([width, line]) => {
  const report = { epoch: 1, train, validation, seconds: 0, imagesPerSecond: 0 };
  expect(formatEpochLine(report, 12, width)).toBe(line);
});

/** Returns the first drawn line of the bar that contains the label. */
function drawn(text: string, label: string): string | undefined {
  return text
    .split("\u001b[1G")
    .find((line) => line.includes(label))
    ?.replace("\u001b[0K", "");
}

test.for([
  [120, "50 %  epoch 2/3  loss 0.2500  accuracy 90.00 %  123,456 images/s  1 h 00 min left"],
  [80, "50 %  epoch 2/3  loss 0.2500  accuracy 90.00 %  1 h 00 min left"],
  [64, "50 %  epoch 2/3  accuracy 90.00 %  1 h 00 min left"],
  [50, "50 %  epoch 2/3  1 h 00 min left"],
  [34, "50 %  1 h 00 min left"],
] as const)(
  "the bar fits into a terminal that is %i characters wide, and shows the remaining time",
  ([width, label]) => {
    const terminal = createRecordingTerminal({ interactive: true, width });
    let seconds = 0;
    const experiment = createSingleTrialExperiment();
    const screen = new RunProgressReporter(experiment, new Map(), asTerminal(terminal), () => seconds);
    seconds = 3600;
    screen.report(experiment.trials[0]!, progress);
    screen.retried(experiment.trials[0]!, "for the sake of a line"); // redraws the bar, which is empty again
    screen.report(experiment.trials[0]!, progress);
    screen.failed(experiment.trials[0]!, "for the sake of a line", undefined);
    screen.stop();
    const line = drawn(terminal.text(), label);
    expect(line).toMatch(/^█{5,10}░{5,10} 50 % /);
    expect(line!.length).toBeLessThan(width);
  },
);

test("on a terminal, a sweep is one bar with the best trial so far, including trials of earlier runs", () => {
  const terminal = createRecordingTerminal({ interactive: true, width: 120 });
  const experiment = createSweepExperiment([0.1, 0.2, 0.3]);
  const [first, second, third] = experiment.trials;
  const { seed, parameters } = first!;
  const earlier = {
    trial: 1,
    status: "completed",
    seed,
    parameters,
    worker: 1,
    history: [],
    epochs: 3,
    validation,
  } as const;
  const screen = new RunProgressReporter(experiment, new Map([[1, earlier]]), asTerminal(terminal), () => 0);
  screen.retried(second!, "the worker process was killed");
  screen.ended(second!, { ...completed, validation: { loss: 0.1, accuracy: 0.97 } });
  screen.retried(third!, "the worker process was killed");
  screen.stop();
  expect(terminal.text()).toContain("trials 1/3  epochs 3/9  best 89.00 % (trial 1: learningRate 0.1)");
  expect(terminal.text()).toContain("trials 2/3  epochs 6/9  best 97.00 % (trial 2: learningRate 0.2)");
});

test("on a terminal, each ended trial is a line above the bar, wrapped at spaces", () => {
  const terminal = createRecordingTerminal({ interactive: true, width: 60 });
  const experiment = createSweepExperiment([0.1, 0.2]);
  const [first, second] = experiment.trials;
  const screen = new RunProgressReporter(experiment, new Map(), asTerminal(terminal), () => 0);
  screen.ended(first!, completed);
  screen.pruned(second!, 2);
  screen.stop();
  const lines = terminal
    .text()
    // oxlint-disable-next-line no-control-regex -- the pattern matches escape sequences of the cursor
    .replaceAll(/\u001b\[[0-9?]*[A-Za-z]/g, "\n")
    .split("\n");
  expect(lines).toContain("trial 1 (seed 1, learningRate 0.1) of 2 completed");
  expect(lines).toContain("  validation.accuracy 89.00 %   3 epochs   1.5 s   best so");
  expect(lines).toContain("  far");
  expect(lines).toContain("trial 2 (seed 1, learningRate 0.2) of 2 pruned   2 epochs");
});

/** Marks the stream as a terminal, because cli-progress draws only on terminals. */
function asTerminal(terminal: ReturnType<typeof createRecordingTerminal>): typeof terminal {
  Object.assign(terminal.out, { isTTY: true, columns: 200 });
  return terminal;
}
