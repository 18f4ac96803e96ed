import { countTrials, type Experiment } from "@nn/experiment";
import { toPrintable } from "@nn/platform/printable";
import type { TrialRecord } from "@nn/results";
import { toMetricName, getMetric, type RunObserver } from "@nn/runner";
import type { TrialReport, Trial, TrialOutcome } from "@nn/training";

import {
  formatCount,
  formatEpochs,
  formatLoss,
  formatMetric,
  formatPercent,
  formatSeconds,
} from "./format.ts";
import { createProgressDisplay, type ProgressDisplay } from "./progress-bar.ts";
import { describeParameters, formatEpochLine } from "./summary.ts";
import { wrapWords } from "./table.ts";
import { EpochCounter } from "./epoch-counter.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Shows the progress of a run in the terminal, with a progress bar for the entire run. Prints one line per
 * trial, or one line per epoch if there is only one trial.
 */
export class RunProgressReporter implements RunObserver {
  readonly #experiment: Experiment;
  readonly #terminal: Terminal;
  readonly #progress: ProgressDisplay;
  readonly #tally: EpochCounter;
  /**
   * Notices that have been shown. Every process sends the same notices, but each notice is shown only once.
   */
  readonly #notices = new Set<string>();
  #best: { readonly trial: Named; readonly value: number } | undefined;

  /** `records` are the records at the start of the run. `clock` returns seconds. */
  constructor(
    experiment: Experiment,
    records: ReadonlyMap<number, TrialRecord>,
    terminal: Terminal,
    clock: () => number,
  ) {
    this.#experiment = experiment;
    this.#terminal = terminal;
    this.#tally = new EpochCounter(countTrials(experiment), getEpochsPerTrial(experiment), clock);
    for (const { status, trial, epochs } of records.values()) {
      if (status === "running" || status === "failed") this.#tally.begin(trial, epochs);
      else this.#tally.end(trial, epochs);
    }
    this.#tally.startClock();
    for (const record of records.values())
      if (record.status === "completed")
        this.#consider({ number: record.trial, parameters: toSweptValues(record.parameters) }, record);
    this.#progress = createProgressDisplay(terminal);
    this.#show();
  }

  report(trial: Trial, report: TrialReport): void {
    const { epochs } = trial.spec.training;
    if (report.kind === "resumed") this.#tally.begin(trial.number, report.epoch);
    else if (report.kind === "progress") {
      this.#tally.advance(trial.number, report.epoch - 1 + report.seen / report.total);
      const { train, imagesPerSecond } = report;
      const epoch = `epoch ${report.epoch}/${epochs}`;
      const accuracy = `accuracy ${formatPercent(train.accuracy)}`;
      const measures = `loss ${formatLoss(train.loss)}  ${accuracy}`;
      this.#show([
        `${epoch}  ${measures}  ${formatCount(imagesPerSecond)} images/s`,
        `${epoch}  ${measures}`,
        `${epoch}  ${accuracy}`,
        epoch,
      ]);
    } else if (report.kind === "epoch") {
      this.#tally.advance(trial.number, report.epoch.epoch);
      if (this.#isSingle) this.#progress.line(formatEpochLine(report.epoch, epochs, this.#terminal.width));
      else this.#show();
    } else if (report.kind === "notice" && !this.#notices.has(report.message)) {
      this.#notices.add(report.message);
      this.#warn(report.message);
    }
  }

  ended(trial: Trial, outcome: TrialOutcome): void {
    this.#tally.end(trial.number, outcome.epochs);
    if (outcome.status === "completed") this.#consider(trial, outcome);
    if (outcome.status === "diverged")
      this.#warn(`${formatTrialName(trial)} diverged: ${outcome.reason ?? ""}`);
    else if (!this.#isSingle) this.#line(this.#trialLine(trial, outcome));
    this.#show();
  }

  /** `details` is the file with the stack trace of the error. */
  failed(trial: Trial, reason: string, details: string | undefined): void {
    this.#tally.end(trial.number);
    this.#warn(`${formatTrialName(trial)} failed: ${reason}`);
    if (details !== undefined) this.#warn(`  Stack trace: ${details}`);
  }

  /** Shows that a pruner stopped the trial after this epoch. */
  pruned(trial: Trial, epoch: number): void {
    this.#tally.end(trial.number, epoch);
    if (!this.#isSingle)
      this.#line(`${formatTrialName(trial)} of ${this.#tally.trials} pruned   ${formatEpochs(epoch)}`);
    this.#show();
  }

  retried(trial: Trial, reason: string): void {
    this.#tally.begin(trial.number, 0);
    this.#warn(`${formatTrialName(trial)}: ${reason}. Retrying it.`);
  }

  /** Prints a line about the run. */
  say(text: string): void {
    this.#progress.line(text);
  }

  stop(): void {
    this.#progress.stop();
  }

  get #isSingle(): boolean {
    return this.#tally.trials === 1;
  }

  #warn(text: string): void {
    this.#line(text, this.#terminal.colors.yellow);
  }

  /**
   * Prints a text. Wraps it at spaces on an interactive terminal. Otherwise prints it on a single line,
   * because a program may read it.
   */
  #line(text: string, color: (text: string) => string = String): void {
    const { interactive, width } = this.#terminal;
    const shown = toPrintable(text);
    for (const line of interactive ? wrapWords(shown, width - 1) : [shown]) this.#progress.line(color(line));
  }

  /**
   * Redraws the bar. `details` are alternative descriptions of the current epoch of a single trial, the
   * longest first. The bar always includes the remaining time.
   */
  #show(details: readonly string[] = [""]): void {
    const tally = this.#tally;
    const left = tally.timeLeft === undefined ? "" : `${formatSeconds(tally.timeLeft)} left`;
    const labels = this.#isSingle ? details : this.#sweepDetails();
    this.#progress.update(
      tally.epochsDone / tally.epochs,
      [...labels, ""].map((label) => [label, left].filter((part) => part !== "").join("  ")),
    );
  }

  #sweepDetails(): string[] {
    const { trialsDone, trials, epochsDone, epochs } = this.#tally;
    const done = `trials ${trialsDone}/${trials}`;
    const [bestValues, best, bestTrial, bestValue] = this.#describeBest();
    return [
      [done, `epochs ${Math.floor(epochsDone)}/${epochs}`, bestValues],
      [done, bestValues],
      [done, `epochs ${Math.floor(epochsDone)}/${epochs}`, best],
      [done, best],
      [done, bestTrial],
      [done, bestValue],
      [done],
    ].map((parts) => parts.filter((part) => part !== "").join("  "));
  }

  #consider(trial: Named, measured: Parameters<typeof getMetric>[0]): void {
    const value = getMetric(measured, toMetricName(this.#experiment.metric));
    if (value === undefined) return;
    const sign = this.#experiment.goal === "maximize" ? 1 : -1;
    if (this.#best === undefined || sign * value > sign * this.#best.value) this.#best = { trial, value };
  }

  /** Describes the best trial so far in four ways, the longest first. */
  #describeBest(): [string, string, string, string] {
    if (this.#best === undefined) return ["", "", "", ""];
    const { metric } = this.#experiment;
    const { number, parameters } = this.#best.trial;
    const value = formatMetric(metric, this.#best.value);
    const trial = `(trial ${number})`;
    const values = describeParameters(parameters);
    return [
      values === "" ? `best ${metric} ${value} ${trial}` : `best ${value} (trial ${number}: ${values})`,
      `best ${metric} ${value} ${trial}`,
      `best ${value} ${trial}`,
      `best ${value}`,
    ];
  }

  #trialLine(trial: Trial, outcome: TrialOutcome): string {
    const { metric } = this.#experiment;
    const value = getMetric(outcome, toMetricName(metric));
    return [
      `${formatTrialName(trial)} of ${this.#tally.trials} ${outcome.status}`,
      ...(value === undefined ? [] : [`${metric} ${formatMetric(metric, value)}`]),
      formatEpochs(outcome.epochs),
      formatSeconds(outcome.seconds),
      // The bar may have no room for the values of the best trial.
      ...(this.#best?.trial.number === trial.number ? ["best so far"] : []),
    ].join("   ");
  }
}

/** Returns the swept values of a journal record with the type that they have in `Trial`. */
function toSweptValues(parameters: TrialRecord["parameters"]): Trial["parameters"] {
  // The cast is safe: this program wrote the values, so every block has a type.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return parameters as Trial["parameters"];
}

/** The number and the swept values of a trial. */
type Named = Pick<Trial, "number" | "parameters">;

/** Estimates the number of epochs of a trial that is not stopped early: the mean over the known trials. */
function getEpochsPerTrial({ trials }: Experiment): number {
  return trials.reduce((sum, { until, spec }) => sum + (until ?? spec.training.epochs), 0) / trials.length;
}

function formatTrialName(trial: Trial): string {
  const parameters = describeParameters(trial.parameters);
  const details = [`seed ${trial.seed}`, ...(parameters === "" ? [] : [parameters])].join(", ");
  return `trial ${trial.number} (${details})`;
}
