import { mean } from "simple-statistics";

import {
  CustomPartError,
  type ConfigurationOutcome,
  type Experiment,
  type TrialProposer,
} from "@nn/experiment";
import type { TrialRecord } from "@nn/results";
import { toObjective, type Pruner, type PruningDecision } from "@nn/sweep";
import { findRestoredEpoch, type Trial } from "@nn/training";

import { checkRecordedTrials } from "./check-recorded-trials.ts";
import { toMetricName, getMetric, type MetricName } from "./ranking.ts";
import { SweepBudget, type ConfigurationProgress } from "./sweep-budget.ts";

/** A part of a trial's training that runs without a pause, up to and including the epoch `until`. */
export interface TrainingSegment {
  readonly trial: Trial;
  readonly until: number;
}

/** Options of `SweepScheduler`. */
export interface SweepSchedulerOptions {
  readonly experiment: Pick<Experiment, "trials" | "generations" | "repeats" | "metric" | "goal" | "budget">;
  readonly next: TrialProposer;
  readonly pruner: Pruner | undefined;
  /** The path of the pruner's file, if it is custom. */
  readonly customPruner?: string | undefined;
  /** The record of each trial by number. The map changes as the journal grows. */
  readonly records: ReadonlyMap<number, TrialRecord>;
  /** The recorded end of the sweep, if its budget has already ended it. */
  readonly ended?: SweepEnd | undefined;
  /** Records that the trial is pruned after this epoch. */
  readonly onPruned: (trial: Trial, epoch: number) => void;
}

/** The early end of a sweep. */
export interface SweepEnd {
  /** The number of the last trial of the sweep. */
  readonly after: number;
  /** The text that explains why the sweep ended. */
  readonly reason: string;
}

type Measured = Parameters<typeof getMetric>[0];

type State =
  | "ready"
  | "training"
  /** Paused at a rung, until the pruner decides whether it continues. */
  | "waiting"
  | "ended";

/**
 * The repeats of one combination of swept values. A pruner evaluates them together, by the mean of their
 * objectives.
 */
interface Configuration {
  readonly index: number;
  readonly trials: readonly Trial[];
  /** The epochs after which the pruner evaluates it. */
  readonly rungs: readonly number[];
  /** Number of rungs that it has passed. */
  passed: number;
  /**
   * True if the results at the next rung have been reported to the pruner, and the pruner has not decided
   * yet.
   */
  hasAsked: boolean;
  /** True if the pruner receives no further results of this configuration. */
  isOver: boolean;
}

/**
 * Makes all decisions of a running sweep: which trials exist, how they are divided into segments, and which
 * segment is next. Its decisions depend on the records and on the order of the trials, never on their speed.
 * So a sweep that was killed resumes from its records and makes the same decisions.
 */
export class SweepScheduler {
  readonly #options: SweepSchedulerOptions;
  readonly #metric: MetricName;
  readonly #configurations: Configuration[] = [];
  readonly #states = new Map<number, State>();
  /** The trials that are ready to be trained, by number. */
  readonly #ready = new ReadyTrials();
  readonly #budget: SweepBudget;
  /** Number of configurations that have not been dropped. */
  #kept = 0;
  #open = 0;
  #generation = 0;

  constructor(options: SweepSchedulerOptions) {
    const { experiment, ended } = options;
    this.#options = options;
    this.#metric = toMetricName(experiment.metric);
    this.#budget = new SweepBudget(experiment.budget ?? {}, experiment.metric, experiment.goal);
    if (ended !== undefined) this.#budget.endAfter(ended.after / experiment.repeats, ended.reason);
    this.#addTrials(experiment.trials);
  }

  /** The known trials within the budget, in order. */
  get trials(): Trial[] {
    return this.#configurations.slice(0, this.#budget.configurations).flatMap(({ trials }) => trials);
  }

  /**
   * The end of the sweep by its budget, and the reason; undefined if all trials are within the budget. The
   * end may move to an earlier trial until all trials have ended.
   */
  get end(): SweepEnd | undefined {
    const { generations, repeats } = this.#options.experiment;
    const { configurations, reason } = this.#budget;
    const all = generations.reduce((sum, size) => sum + size, 0);
    return configurations < all ? { after: configurations * repeats, reason } : undefined;
  }

  /** Returns whether the trial is beyond the budget, so that it is not trained further. */
  isDropped({ configuration }: Trial): boolean {
    return configuration >= this.#budget.configurations;
  }

  /** True if every trial has ended, including those of later generations. */
  get isOver(): boolean {
    return this.#open === 0;
  }

  /** Returns the next segment for a free worker, or undefined if no trial is ready now. */
  take(): TrainingSegment | undefined {
    const trial = this.#ready.take();
    if (trial === undefined) return undefined;
    this.#states.set(trial.number, "training");
    return { trial, until: this.#nextStop(trial) };
  }

  /**
   * Returns the error to throw if the sweep is not over, and no trial is ready or in training: a custom
   * pruner decides nothing about the configurations that wait.
   */
  createDeadlockError(): Error {
    const { customPruner } = this.#options;
    const waiting = this.#configurations.filter(({ hasAsked }) => hasAsked);
    const [first] = waiting;
    if (customPruner === undefined || first === undefined)
      return new Error("All trials wait for each other (deadlock).");
    const epoch = first.rungs[first.passed]!;
    const others = waiting.length === 1 ? "" : ` and ${waiting.length - 1} more`;
    return new CustomPartError(
      `pruner ${customPruner}`,
      `its functions "report" and "end" must return a decision on every configuration that waits, but ` +
        `returned none on configuration ${first.index} after epoch ${epoch}${others}, and all others have ended`,
    );
  }

  /** Handles newly recorded epochs. */
  onEpoch(): void {
    this.#drop();
  }

  /** Handles the end of a segment that is not the end of the trial. */
  onPaused(trial: Trial): void {
    this.#states.set(trial.number, "waiting");
    const configuration = this.#configurations[trial.configuration]!;
    // If the records end before the rung, the trial is trained to the rung again, because other trials may
    // wait for it.
    this.#markReady(configuration, trial);
    this.#applyPruner(configuration);
    this.#startNextGeneration();
  }

  /** Handles the end of the trial; its record has the status. */
  onEnded(trial: Trial): void {
    this.#end(trial);
    this.#applyPruner(this.#configurations[trial.configuration]!);
    this.#startNextGeneration();
  }

  #addTrials(trials: readonly Trial[]): void {
    const { records, pruner, experiment } = this.#options;
    checkRecordedTrials(trials, records);
    const isFollowed = [...records.keys()].some((number) => number > (trials.at(-1)?.number ?? 0));
    const added: Configuration[] = [];
    for (const [index, group] of Map.groupBy(trials, ({ configuration }) => configuration)) {
      added.push({
        index,
        trials: group,
        rungs: pruner?.rungs(index) ?? [],
        passed: 0,
        hasAsked: false,
        isOver: false,
      });
    }
    this.#configurations.push(...added);
    for (const trial of trials) {
      const status = records.get(trial.number)?.status;
      // A failed trial is retried, unless the sampler has since proposed later trials, because they depend on
      // its result.
      const isOpen =
        status === undefined ||
        status === "running" ||
        (status === "failed" && !(isFollowed && experiment.generations.length > 1));
      this.#states.set(trial.number, isOpen ? "waiting" : "ended");
      if (isOpen) this.#open += 1;
    }
    this.#kept = this.#configurations.length;
    this.#drop();
    // In reverse order, because each trial is inserted before the ready ones.
    for (const configuration of added.toReversed()) {
      for (const trial of configuration.trials.toReversed()) this.#markReady(configuration, trial);
    }
    for (const configuration of added) this.#applyPruner(configuration);
    this.#startNextGeneration();
  }

  /** Adds a trial to the ready trials if it has not reached its next stop. */
  #markReady(configuration: Configuration, trial: Trial): void {
    if (this.#states.get(trial.number) !== "waiting") return;
    const rung = configuration.rungs[configuration.passed];
    if (rung !== undefined && this.#epochs(trial) >= rung && !this.#isTrainedOut(trial)) return;
    this.#states.set(trial.number, "ready");
    this.#ready.add(trial);
  }

  #end(trial: Trial): void {
    if (this.#states.get(trial.number) === "ended") return;
    this.#states.set(trial.number, "ended");
    this.#ready.remove(trial);
    this.#open -= 1;
  }

  /** Drops the trials that are certainly beyond the budget. */
  #drop(): void {
    const limit = this.#budget;
    limit.tighten((index) => this.#progressOf(this.#configurations[index]));
    for (; this.#kept > limit.configurations; this.#kept--) {
      for (const trial of this.#configurations[this.#kept - 1]!.trials) this.#end(trial);
    }
  }

  #progressOf(configuration: Configuration | undefined): ConfigurationProgress | undefined {
    const { records } = this.#options;
    const own = configuration?.trials.map(({ number }) => records.get(number)) ?? [];
    if (configuration === undefined || own.every((record) => record === undefined)) return undefined;
    return {
      epochs: own.reduce((sum, record) => sum + (record?.history.length ?? 0), 0),
      isEnded: configuration.trials.every(({ number }) => this.#states.get(number) === "ended"),
      objective: own.every((record) => record?.status === "completed")
        ? this.#meanObjective(configuration, (record) => record)
        : undefined,
    };
  }

  /** Starts the next generation when all trials have ended. */
  #startNextGeneration(): void {
    this.#drop();
    const { experiment, next } = this.#options;
    if (this.#open > 0 || this.#generation + 1 >= experiment.generations.length) return;
    if (this.#budget.configurations <= this.#configurations.length) return;
    this.#generation += 1;
    this.#addTrials(next(this.#configurations.map((each) => this.#outcome(each))));
  }

  /**
   * Reports a configuration's results to the pruner and applies the decisions that the pruner returns, which
   * may concern any configuration.
   */
  #applyPruner(configuration: Configuration): void {
    const changed = [configuration];
    for (let each = changed.pop(); each !== undefined; each = changed.pop()) {
      for (const decision of this.#reportToPruner(each)) changed.push(this.#applyDecision(decision));
    }
  }

  #reportToPruner(configuration: Configuration): PruningDecision[] {
    const { pruner } = this.#options;
    const { index, trials, rungs, passed, hasAsked, isOver } = configuration;
    if (pruner === undefined || isOver || hasAsked) return [];
    const rung = rungs[passed];
    const isAt = (trial: Trial): boolean => rung !== undefined && this.#epochs(trial) >= rung;
    const isEnded = (trial: Trial): boolean => this.#states.get(trial.number) === "ended";
    const isWaiting = (trial: Trial): boolean => this.#states.get(trial.number) === "waiting";
    if (rung !== undefined && trials.some(isAt)) {
      if (!trials.every((trial) => isEnded(trial) || (isAt(trial) && isWaiting(trial)))) return [];
      configuration.hasAsked = true;
      return pruner.report(index, rung, this.#objectiveAt(configuration, rung));
    }
    if (!trials.every(isEnded)) return [];
    configuration.isOver = true;
    return pruner.end(index);
  }

  #applyDecision({ configuration: index, epoch, continues }: PruningDecision): Configuration {
    const configuration = this.#configurations[index]!;
    configuration.hasAsked = false;
    if (continues) {
      configuration.passed += 1;
      for (const trial of configuration.trials) this.#markReady(configuration, trial);
      return configuration;
    }
    configuration.isOver = true;
    for (const trial of configuration.trials) {
      if (this.#states.get(trial.number) === "ended") continue;
      this.#options.onPruned(trial, epoch);
      this.#end(trial);
    }
    return configuration;
  }

  #nextStop(trial: Trial): number {
    const last = trial.until ?? trial.spec.training.epochs;
    const { rungs, passed } = this.#configurations[trial.configuration]!;
    return Math.min(rungs[passed] ?? last, last);
  }

  /**
   * The last recorded epoch of the trial. For a trial that continues a network, epochs are counted from the
   * start of that network.
   */
  #epochs(trial: Trial): number {
    return this.#options.records.get(trial.number)?.history.at(-1)?.epoch ?? 0;
  }

  /**
   * Returns whether early stopping has ended the training, although the end of the trial is not recorded: the
   * run was killed during its test. The trial must then end before the pruner decides, as without the kill.
   */
  #isTrainedOut(trial: Trial): boolean {
    const history = this.#options.records.get(trial.number)?.history ?? [];
    return findRestoredEpoch(history, trial) !== undefined;
  }

  /**
   * Returns the mean objective over the repeats at an epoch; undefined if one of them diverged before it. For
   * a repeat that early stopping ended, the final value is used. Failed repeats are ignored.
   */
  #objectiveAt(configuration: Configuration, epoch: number): number | undefined {
    return this.#meanObjective(configuration, (record) => {
      const at = record.history.find((each) => each.epoch === epoch);
      return at === undefined && record.status === "completed" ? record : at;
    });
  }

  #outcome(configuration: Configuration): ConfigurationOutcome {
    const { records } = this.#options;
    const statuses = configuration.trials.map(({ number }) => records.get(number));
    const pruned = statuses.find((record) => record?.status === "pruned");
    const diverged = statuses.some((record) => record?.status === "diverged");
    const objective = diverged ? undefined : this.#meanObjective(configuration, (record) => record);
    return { objective, ...(pruned !== undefined && { prunedAfter: pruned.epochs }) };
  }

  #meanObjective(
    { trials }: Configuration,
    measured: (record: TrialRecord) => Measured | undefined,
  ): number | undefined {
    const { records, experiment } = this.#options;
    const objectives: number[] = [];
    for (const { number } of trials) {
      const record = records.get(number);
      const at = record && measured(record);
      if (at === undefined && (record === undefined || record.status === "failed")) continue;
      const objective = at && toObjective(getMetric(at, this.#metric), experiment.goal);
      if (objective === undefined) return undefined;
      objectives.push(objective);
    }
    return objectives.length === 0 ? undefined : mean(objectives);
  }
}

/** A queue of trials, ordered by number, the lowest first. */
class ReadyTrials {
  /** In descending order: the next trial is the last element. */
  readonly #trials: Trial[] = [];

  add(trial: Trial): void {
    this.#trials.splice(this.#placeOf(trial), 0, trial);
  }

  take(): Trial | undefined {
    return this.#trials.pop();
  }

  remove(trial: Trial): void {
    const place = this.#placeOf(trial);
    if (this.#trials[place] === trial) this.#trials.splice(place, 1);
  }

  /** Returns the first index whose trial does not have a higher number. */
  #placeOf({ number }: Trial): number {
    let [low, high] = [0, this.#trials.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#trials[middle]!.number > number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
