import type { TrialRecord } from "@nn/results";

import type { Experiment, Trial } from "../experiment.ts";
import type { Report, TrialOutcome } from "../trials/messages.ts";
import { measureNamed, measureOf } from "../trials/ranking.ts";
import {
  formatCount,
  formatEpochs,
  formatLoss,
  formatMetric,
  formatPercent,
  formatSeconds,
} from "./format.ts";
import { createProgress, type Progress } from "./progress.ts";
import { describeParameters, epochLine } from "./summary.ts";
import { Tally } from "./tally.ts";
import type { Terminal } from "./terminal.ts";

/** What a person sees while trials train: each epoch of a single trial, each trial of several, and a bar for the whole. */
export class RunScreen {
  readonly #experiment: Experiment;
  readonly #terminal: Terminal;
  readonly #progress: Progress;
  readonly #tally: Tally;
  /** Each process gives them; a person needs them once. */
  readonly #notices = new Set<string>();
  #best: { readonly trial: number; readonly value: number } | undefined;

  /** `records`: what earlier runs have left; `pending`: the trials of this one. `clock`: seconds. */
  constructor(
    experiment: Experiment,
    records: ReadonlyMap<number, TrialRecord>,
    pending: readonly Trial[],
    terminal: Terminal,
    clock: () => number,
  ) {
    this.#experiment = experiment;
    this.#terminal = terminal;
    const whole = { trials: experiment.trials.length, epochs: sumEpochs(experiment.trials) };
    const done = { trials: whole.trials - pending.length, epochs: whole.epochs - sumEpochs(pending) };
    this.#tally = new Tally(whole, done, clock);
    for (const record of records.values())
      if (record.status === "completed") this.#consider(record.trial, record);
    this.#progress = createProgress(terminal);
    this.#show("");
  }

  report(trial: Trial, report: Report): void {
    const { epochs } = trial.spec.training;
    if (report.kind === "progress") {
      this.#tally.advance(trial.number, report.epoch - 1 + report.seen / report.total);
      const { train, imagesPerSecond } = report;
      this.#show(
        `epoch ${report.epoch}/${epochs}  loss ${formatLoss(train.loss)}  accuracy ${formatPercent(train.accuracy)}  ` +
          `${formatCount(imagesPerSecond)} images/s`,
      );
    } else if (report.kind === "epoch") {
      this.#tally.advance(trial.number, report.epoch.epoch);
      if (this.#isSingle) this.#progress.line(epochLine(report.epoch, epochs));
      else this.#show("");
    } else if (report.kind === "notice" && !this.#notices.has(report.message)) {
      this.#notices.add(report.message);
      this.#warn(report.message);
    }
  }

  ended(trial: Trial, outcome: TrialOutcome): void {
    this.#tally.end(trial.number, trial.spec.training.epochs);
    if (outcome.status === "completed") this.#consider(trial.number, outcome);
    if (outcome.status === "diverged") this.#warn(`${nameOf(trial)} diverged: ${outcome.reason ?? ""}`);
    else if (!this.#isSingle && !this.#terminal.interactive)
      this.#progress.line(this.#trialLine(trial, outcome));
    this.#show("");
  }

  /** `details`: the file that has the stack of the error. */
  failed(trial: Trial, reason: string, details: string | undefined): void {
    this.#tally.end(trial.number, trial.spec.training.epochs);
    this.#warn(`${nameOf(trial)} failed: ${reason}`);
    if (details !== undefined) this.#warn(`  Where it was thrown: ${details}`);
  }

  retried(trial: Trial, reason: string): void {
    this.#tally.advance(trial.number, 0);
    this.#warn(`${nameOf(trial)}: ${reason}. Trying it again.`);
  }

  stop(): void {
    this.#progress.stop();
  }

  get #isSingle(): boolean {
    return this.#experiment.trials.length === 1;
  }

  #warn(text: string): void {
    this.#progress.line(this.#terminal.colors.yellow(text));
  }

  #show(detail: string): void {
    const tally = this.#tally;
    const parts = this.#isSingle
      ? [detail]
      : [
          `trials ${tally.trialsDone}/${tally.trials}`,
          `epochs ${Math.floor(tally.epochsDone)}/${tally.epochs}`,
          this.#describeBest(),
        ];
    if (tally.timeLeft !== undefined) parts.push(`${formatSeconds(tally.timeLeft)} left`);
    this.#progress.update(tally.epochsDone / tally.epochs, parts.filter((part) => part !== "").join("  "));
  }

  #consider(trial: number, measured: Parameters<typeof measureOf>[0]): void {
    const value = measureOf(measured, measureNamed(this.#experiment.metric));
    if (value === undefined) return;
    const sign = this.#experiment.goal === "maximize" ? 1 : -1;
    if (this.#best === undefined || sign * value > sign * this.#best.value) this.#best = { trial, value };
  }

  #describeBest(): string {
    if (this.#best === undefined) return "";
    const { metric } = this.#experiment;
    return `best ${metric} ${formatMetric(metric, this.#best.value)} (trial ${this.#best.trial})`;
  }

  #trialLine(trial: Trial, outcome: TrialOutcome): string {
    const { metric } = this.#experiment;
    const value = measureOf(outcome, measureNamed(metric));
    return [
      `${nameOf(trial)} of ${this.#tally.trials} ${outcome.status}`,
      ...(value === undefined ? [] : [`${metric} ${formatMetric(metric, value)}`]),
      formatEpochs(outcome.epochs),
      formatSeconds(outcome.seconds),
    ].join("   ");
  }
}

function sumEpochs(trials: readonly Trial[]): number {
  return trials.reduce((sum, trial) => sum + trial.spec.training.epochs, 0);
}

function nameOf(trial: Trial): string {
  const parameters = describeParameters(trial.parameters);
  const details = [`seed ${trial.seed}`, ...(parameters === "" ? [] : [parameters])].join(", ");
  return `trial ${trial.number} (${details})`;
}
