import type { PruningContext, Pruner, PruningDecision } from "../pruner.ts";

/**
 * The objectives and failures of the configurations of a sweep, independent of the workers and their speed.
 */
export interface SweepScenario {
  readonly generations: readonly number[];
  /** The objective of a configuration after an epoch. */
  readonly objective: (configuration: number, epoch: number) => number | undefined;
  /** Epoch in which its training fails; Infinity if it does not fail. */
  readonly failsIn: (configuration: number) => number;
}

/** A call of a pruner's `report`, or of `end` if there is no epoch. */
export interface PrunerCall {
  readonly configuration: number;
  readonly epoch?: number;
}

/**
 * Runs a sweep with this pruner. At most `workers` configurations train at a time; `pick(n)` chooses which of
 * n possible events comes next. A configuration that waits for a decision occupies no worker. Throws if
 * waiting configurations never get a decision, or if the pruner decides on a configuration that does not
 * wait.
 */
export function runSweep(
  pruner: Pruner,
  { generations, objective, failsIn }: SweepScenario,
  workers: number,
  pick: (count: number) => number,
): { calls: PrunerCall[]; decisions: PruningDecision[] } {
  const calls: PrunerCall[] = [];
  const decisions: PruningDecision[] = [];
  let first = 0;
  for (const size of generations) {
    /** Configurations that can start or continue, each with the epoch that it has reached. */
    const ready = new Map(Array.from({ length: size }, (_, index): [number, number] => [first + index, 0]));
    /** Configurations that train, each with the epoch to which it trains. */
    const running = new Map<number, number | "end">();
    const waiting = new Map<number, number>();
    first += size;

    const start = (configuration: number): void => {
      const from = ready.get(configuration)!;
      const next = pruner.rungs(configuration).find((epoch) => epoch > from);
      ready.delete(configuration);
      running.set(configuration, next === undefined || next >= failsIn(configuration) ? "end" : next);
    };
    const finish = (configuration: number): void => {
      const epoch = running.get(configuration)!;
      running.delete(configuration);
      if (epoch === "end") {
        calls.push({ configuration });
        applyDecisions(pruner.end(configuration));
      } else {
        calls.push({ configuration, epoch });
        waiting.set(configuration, epoch);
        applyDecisions(pruner.report(configuration, epoch, objective(configuration, epoch)));
      }
    };
    const applyDecisions = (given: readonly PruningDecision[]): void => {
      for (const decision of given) {
        const { configuration, epoch, continues } = decision;
        if (waiting.get(configuration) !== epoch)
          throw new Error(`configuration ${configuration} does not wait at epoch ${epoch}`);
        waiting.delete(configuration);
        if (continues) ready.set(configuration, epoch);
        decisions.push(decision);
      }
    };

    while (ready.size + running.size > 0) {
      const startable = running.size < workers ? [...ready.keys()].sort((a, b) => a - b) : [];
      const finishable = [...running.keys()];
      const choice = pick(startable.length + finishable.length);
      if (choice < startable.length) start(startable[choice]!);
      else finish(finishable[choice - startable.length]!);
    }
    if (waiting.size > 0)
      throw new Error(`configurations ${[...waiting.keys()].join(", ")} never got a decision`);
  }
  return { calls, decisions };
}

/** Returns the decisions of a pruner on these calls. */
export function replayPrunerCalls(
  pruner: Pruner,
  calls: readonly PrunerCall[],
  objective: SweepScenario["objective"],
): PruningDecision[] {
  return calls.flatMap(({ configuration, epoch }) =>
    epoch === undefined
      ? pruner.end(configuration)
      : pruner.report(configuration, epoch, objective(configuration, epoch)),
  );
}

/** Sorts decisions by configuration and epoch. */
export function sortDecisions(decisions: readonly PruningDecision[]): PruningDecision[] {
  return [...decisions].sort((a, b) => a.configuration - b.configuration || a.epoch - b.epoch);
}

/** Runs a sweep with one worker; the first possible event always comes next. */
export function runSequentially(pruner: Pruner, scenario: SweepScenario): PruningDecision[] {
  return runSweep(pruner, scenario, 1, () => 0).decisions;
}

/** Returns the number of epochs for which each configuration of a sweep trains, if none fails. */
export function countTrainedEpochs(
  pruner: Pruner,
  context: PruningContext,
  objective: SweepScenario["objective"],
): number[] {
  const { generations, epochs } = context;
  const count = generations.reduce((sum, size) => sum + size, 0);
  const trained = Array.from({ length: count }, () => epochs);
  for (const decision of runSequentially(pruner, { generations, objective, failsIn: () => Infinity })) {
    if (!decision.continues) trained[decision.configuration] = decision.epoch;
  }
  return trained;
}

/**
 * Returns, for each of these consecutive brackets, how many configurations trained for at least each number
 * of epochs.
 */
export function tabulateBrackets(
  trained: readonly number[],
  sizes: readonly number[],
): [epochs: number, n: number][][] {
  let first = 0;
  return sizes.map((size) => {
    const bracket = trained.slice(first, (first += size));
    const epochs = [...new Set(bracket)].sort((a, b) => a - b);
    return epochs.map((epoch) => [epoch, bracket.filter((each) => each >= epoch).length]);
  });
}
