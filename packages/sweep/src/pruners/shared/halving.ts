import { insertByObjective, type ConfigurationResult } from "./by-objective.ts";
import type { Pruner, PruningDecision } from "../../pruner.ts";

/** A bracket: configurations that are compared only with each other. */
export interface BracketPlan {
  /** Number of configurations. */
  readonly size: number;
  /** Epochs after which the worst of them are stopped, ascending. */
  readonly rungs: readonly number[];
}

/**
 * Creates a pruner that runs successive halving in each of these brackets. Configurations are assigned to the
 * brackets in order.
 */
export function createHalvingPruner(plans: readonly BracketPlan[], eta: number): Pruner {
  const brackets = plans.flatMap((plan) => {
    const bracket = new Bracket(plan, eta);
    return Array.from({ length: plan.size }, () => bracket);
  });
  const bracketOf = (configuration: number): Bracket => brackets[configuration]!;
  return {
    rungs: (configuration) => bracketOf(configuration).epochs,
    report: (configuration, epoch, objective) =>
      bracketOf(configuration).report(configuration, epoch, objective),
    end: (configuration) => bracketOf(configuration).end(configuration),
  };
}

interface Rung {
  readonly epoch: number;
  /** Number of configurations that continue: ⌊n/η⌋ of the n that can reach this rung, at least 1. */
  readonly keep: number;
  /** Number of the n configurations that have neither reported nor ended. */
  awaited: number;
  /** The best results so far, at most `keep`. */
  readonly best: ConfigurationResult[];
}

class Bracket {
  readonly epochs: readonly number[];
  readonly #rungs: readonly Rung[];
  /** Number of rungs at which each configuration has reported. */
  readonly #reported = new Map<number, number>();

  constructor({ size, rungs }: BracketPlan, eta: number) {
    this.epochs = rungs;
    let n = size;
    this.#rungs = rungs.map((epoch) => {
      const awaited = n;
      n = Math.max(1, Math.floor(n / eta));
      return { epoch, keep: n, awaited, best: [] };
    });
  }

  report(configuration: number, epoch: number, objective: number | undefined): PruningDecision[] {
    const index = this.epochs.indexOf(epoch);
    this.#reported.set(configuration, index + 1);
    if (objective !== undefined) return this.#take(index, { configuration, objective });
    return [{ configuration, epoch, continues: false }, ...this.#take(index)];
  }

  end(configuration: number): PruningDecision[] {
    return this.#take(this.#reported.get(configuration) ?? 0);
  }

  /**
   * Processes one awaited configuration. `result` is undefined if the configuration has no objective or has
   * ended.
   */
  #take(index: number, result?: ConfigurationResult): PruningDecision[] {
    const rung = this.#rungs[index];
    if (rung === undefined) return [];
    const decisions: PruningDecision[] = [];
    rung.awaited--;
    const place = result === undefined ? Infinity : insertByObjective(rung.best, result);
    if (rung.best.length > rung.keep) {
      const { configuration } = rung.best.pop()!;
      decisions.push({ configuration, epoch: rung.epoch, continues: false });
    }
    // Number of the best results that later reports can no longer displace: one more than before.
    const sure = rung.keep - rung.awaited;
    if (sure <= 0) return decisions;
    const promoted = rung.best[Math.min(place, sure - 1)];
    // No configuration is left to continue, so the next rung awaits one fewer.
    if (promoted === undefined) return [...decisions, ...this.#take(index + 1)];
    decisions.push({ configuration: promoted.configuration, epoch: rung.epoch, continues: true });
    return decisions;
  }
}
