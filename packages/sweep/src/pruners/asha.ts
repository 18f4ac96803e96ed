import { Type } from "typebox";
import { insertByObjective, type ConfigurationResult } from "./shared/by-objective.ts";
import { checkFirstRung, computeRungs, rungOptions } from "./shared/rungs.ts";
import { definePruner, type PruningContext, type Pruner, type PruningDecision } from "../pruner.ts";

/**
 * Asynchronous successive halving (Li et al. 2020, Algorithm 2). A configuration is promoted to the next rung
 * as soon as it is among the best ⌊n/η⌋ of the first n results of its rung, for any n. It does not wait until
 * the rung is full. Results of earlier generations are included. A configuration that is not promoted is
 * stopped when no further result can reach its rung in its generation.
 *
 * By default, results are processed in a fixed order: at the first rung by configuration number, at each
 * higher rung by order of promotion. The speed of workers therefore does not affect which configurations are
 * promoted. With `asynchronous: true`, results are processed in the order of arrival, as in the paper.
 *
 * A configuration without an objective is stopped at once. It counts among the n results as the worst, and so
 * does a configuration that has ended.
 */
export const asha = definePruner({
  type: "asha",
  description:
    "Asynchronous successive halving: a configuration continues from a rung as soon as it is among the " +
    "best 1/η of those that reached the rung before it. A configuration without an objective is stopped " +
    "at once and counts as the worst. With asynchronous: true, results are processed in the order in which " +
    "they arrive, so another run may give different results.",
  formula: "of the first n at a rung the best ⌊n / η⌋ continue; rungs at minEpochs·ηᵏ epochs, k = 0, 1, …",
  example: "{ type: asha, eta: 3 }",
  paper: "Li et al. 2020, A system for massively parallel hyperparameter tuning",
  dependsOnLaterConfigurations: true,
  options: Type.Object({
    ...rungOptions,
    asynchronous: Type.Boolean({
      default: false,
      description:
        "Whether results are processed in the order in which they arrive, so that no configuration " +
        "waits for a slower one. Another run of the same experiment may then stop other configurations " +
        "and give different results.",
    }),
  }),

  check({ eta, minEpochs }, { epochs, generations }) {
    const late = checkFirstRung(minEpochs, epochs);
    if (late.length > 0) return late;
    const configurations = generations.reduce((sum, size) => sum + size, 0);
    const needed = computeRungs(minEpochs, eta, epochs).reduce((product) => product * eta, 1);
    if (configurations >= needed) return [];
    return [
      {
        path: ["minEpochs"],
        message:
          `with eta = ${eta} and minEpochs = ${minEpochs}, one in ${needed} configurations is trained to ` +
          `the end, epoch ${epochs}, and there are ${configurations}; make minEpochs greater`,
      },
    ];
  },

  create: ({ eta, minEpochs, asynchronous }, context) =>
    new Asha(computeRungs(minEpochs, eta, context.epochs), eta, asynchronous, context.generations),
});

class Rung {
  readonly epoch: number;
  /** Configurations that reach this rung, in the order in which they are processed by default. */
  readonly order: number[] = [];
  /**
   * Objectives of the configurations that have arrived but are not processed yet, because an earlier one is
   * missing.
   */
  readonly arrived = new Map<number, number | undefined>();
  /** n: number of results that have been processed. */
  taken = 0;
  /** The processed results that have an objective, from best to worst. */
  readonly results: ConfigurationResult[] = [];
  /** Configurations with a processed result that may still be promoted. */
  readonly waiting = new Set<number>();

  constructor(epoch: number) {
    this.epoch = epoch;
  }
}

class Asha implements Pruner {
  readonly #rungs: readonly Rung[];
  readonly #eta: number;
  readonly #asynchronous: boolean;
  /** Number of configurations in each generation that has not started. */
  readonly #generations: number[];
  readonly #epochs: readonly number[];
  /** Number of rungs at which each configuration has reported. */
  readonly #reported = new Map<number, number>();

  constructor(
    epochs: readonly number[],
    eta: number,
    asynchronous: boolean,
    generations: PruningContext["generations"],
  ) {
    this.#rungs = epochs.map((epoch) => new Rung(epoch));
    this.#eta = eta;
    this.#asynchronous = asynchronous;
    this.#generations = [...generations];
    this.#epochs = epochs;
    this.#begin();
  }

  rungs(): readonly number[] {
    return this.#epochs;
  }

  report(configuration: number, epoch: number, objective: number | undefined): PruningDecision[] {
    const index = this.#epochs.indexOf(epoch);
    this.#reported.set(configuration, index + 1);
    const decisions = this.#arrive(index, configuration, objective);
    return objective === undefined ? [{ configuration, epoch, continues: false }, ...decisions] : decisions;
  }

  end(configuration: number): PruningDecision[] {
    return this.#arrive(this.#reported.get(configuration) ?? 0, configuration, undefined);
  }

  #arrive(index: number, configuration: number, objective: number | undefined): PruningDecision[] {
    const decisions: PruningDecision[] = [];
    const rung = this.#rungs[index];
    if (rung === undefined) return decisions; // it was trained to the end
    rung.arrived.set(configuration, objective);
    do {
      for (const [index, rung] of this.#rungs.entries()) {
        for (const next of this.#ready(rung))
          decisions.push(...this.#take(rung, next, this.#rungs[index + 1]));
      }
    } while (this.#stopTheRest(decisions) && this.#begin());
    return decisions;
  }

  /** Adds the next generation to the first rung. Returns false if there is none. */
  #begin(): boolean {
    const size = this.#generations.shift();
    const order = this.#rungs[0]?.order;
    if (size === undefined || order === undefined) return false;
    for (let count = 0; count < size; count++) order.push(order.length);
    return true;
  }

  /** Yields the configurations that have arrived and may be processed, in order. */
  *#ready({ order, arrived, taken }: Rung): Generator<number> {
    if (this.#asynchronous) yield* arrived.keys();
    else for (let next = taken; arrived.has(order[next] ?? -1); next++) yield order[next]!;
  }

  #take(rung: Rung, configuration: number, above: Rung | undefined): PruningDecision[] {
    const { epoch, arrived, results, waiting } = rung;
    const objective = arrived.get(configuration);
    arrived.delete(configuration);
    rung.taken++;
    let place = Infinity;
    if (objective !== undefined) {
      place = insertByObjective(results, { configuration, objective });
      waiting.add(configuration);
    }
    // At most one of the best ⌊n/η⌋ can be promoted now: the one just processed, or the last of them.
    const promoted = results[Math.min(place, Math.floor(rung.taken / this.#eta) - 1)];
    if (promoted === undefined || !waiting.delete(promoted.configuration)) return [];
    above?.order.push(promoted.configuration);
    return [{ configuration: promoted.configuration, epoch, continues: true }];
  }

  /**
   * Stops the waiting configurations at each rung that no other configuration can reach in this generation.
   * Returns whether no other configuration can reach any rung.
   */
  #stopTheRest(decisions: PruningDecision[]): boolean {
    for (const { epoch, order, taken, waiting } of this.#rungs) {
      if (taken < order.length) return false;
      for (const configuration of waiting) decisions.push({ configuration, epoch, continues: false });
      waiting.clear();
    }
    return true;
  }
}
