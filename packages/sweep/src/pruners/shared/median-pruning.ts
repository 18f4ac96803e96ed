import { Type, type Static } from "typebox";
import { insertByObjective, type ConfigurationResult } from "./by-objective.ts";
import type { Problem } from "../../problem.ts";
import type { PruningContext, Pruner, PruningDecision } from "../../pruner.ts";

const options = Type.Object({
  startup: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 5,
    description:
      "Number of configurations at the start of the sweep that always continue without a comparison.",
  }),
  warmup: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
    description: "Number of epochs at the start of each trial without a comparison.",
  }),
  interval: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 1,
    description:
      "Number of epochs from one comparison to the next. The first comes interval epochs after the warm-up.",
  }),
});

/** Options of pruners that compare a configuration with earlier ones. */
export const percentilePruningOptions = options.properties;

/** The values of `percentilePruningOptions`. */
export type PercentilePruningOptions = Static<typeof options>;

/**
 * Returns problems if no configuration is compared: all are in `startup`, or the first comparison is not
 * before the last epoch.
 */
export function checkPercentilePruning(
  { startup, warmup, interval }: PercentilePruningOptions,
  { epochs, generations }: PruningContext,
): Problem[] {
  const problems: Problem[] = [];
  const configurations = generations.reduce((sum, size) => sum + size, 0);
  if (startup >= configurations) {
    problems.push({
      path: ["startup"],
      message:
        `the first ${startup} configurations are not compared, and there are ${configurations} in all; ` +
        "make startup smaller, or leave out the pruner",
    });
  }
  if (warmup + interval >= epochs) {
    problems.push({
      path: [warmup > 0 ? "warmup" : "interval"],
      message:
        `no configuration is compared before epoch ${warmup + interval} of ${epochs}; ` +
        `make warmup + interval smaller than training.epochs`,
    });
  }
  return problems;
}

/**
 * Creates a pruner that compares a configuration, at each rung, with the objectives of earlier configurations
 * at the same rung. Earlier configurations that stopped or ended before the rung are ignored.
 *
 * A configuration continues if its best objective so far is at most this percentile of their objectives, or
 * if there are none. The first `startup` configurations always continue. In either case, a configuration
 * without an objective is stopped. A decision waits until each earlier configuration has reported at the rung
 * or can no longer reach it.
 */
export function createPercentilePruner(
  percentile: number,
  { startup, warmup, interval }: PercentilePruningOptions,
  { epochs }: PruningContext,
): Pruner {
  const rungEpochs: number[] = [];
  for (let epoch = warmup + interval; epoch < epochs; epoch += interval) rungEpochs.push(epoch);
  /** The rungs up to the last one at which a configuration has reported. */
  const rungs: Rung[] = [];
  const bests = new Map<number, number>();
  const gone = new Set<number>();

  function decide(rung: Rung, configuration: number, { objective, best }: Report): PruningDecision {
    const { epoch, earlier } = rung;
    const continues =
      objective !== undefined && (configuration < startup || best <= percentileOf(earlier, percentile));
    if (objective !== undefined) insertByObjective(earlier, { configuration, objective });
    if (!continues) gone.add(configuration);
    return { configuration, epoch, continues };
  }

  /**
   * Decides, from rung index `first` on, on all configurations that no longer wait for earlier ones. A
   * configuration that is stopped at one rung is no longer awaited at the later ones.
   */
  function decideFrom(first: number): PruningDecision[] {
    const decisions: PruningDecision[] = [];
    for (const rung of rungs.slice(first)) {
      for (; ; rung.next++) {
        const report = rung.reports.get(rung.next);
        if (report !== undefined) decisions.push(decide(rung, rung.next, report));
        else if (!gone.has(rung.next)) break;
        rung.reports.delete(rung.next);
      }
    }
    return decisions;
  }

  return {
    rungs: () => rungEpochs,
    report(configuration, epoch, objective) {
      const index = (epoch - warmup) / interval - 1;
      for (let next = rungs.length; next <= index; next++) rungs.push(new Rung(rungEpochs[next]!));
      const best = Math.min(bests.get(configuration) ?? Infinity, objective ?? Infinity);
      bests.set(configuration, best);
      rungs[index]!.reports.set(configuration, { objective, best });
      return decideFrom(index);
    },
    end(configuration) {
      gone.add(configuration);
      return decideFrom(0);
    },
  };
}

interface Report {
  readonly objective: number | undefined;
  /** The configuration's smallest objective so far. */
  readonly best: number;
}

class Rung {
  readonly epoch: number;
  /** Reports of configurations that wait for a decision. */
  readonly reports = new Map<number, Report>();
  /**
   * The next configuration to decide on. Each earlier one has been decided on here or will not reach this
   * rung.
   */
  next = 0;
  /** Objectives of the configurations that have been decided on, from best to worst. */
  readonly earlier: ConfigurationResult[] = [];

  constructor(epoch: number) {
    this.epoch = epoch;
  }
}

/**
 * Returns this percentile of results that are sorted from best to worst, interpolated linearly. Returns
 * Infinity if there are none.
 */
function percentileOf(results: readonly ConfigurationResult[], percent: number): number {
  if (results.length === 0) return Infinity;
  const place = (percent / 100) * (results.length - 1);
  const below = Math.floor(place);
  const [a, b] = [results[below]!.objective, results[Math.ceil(place)]!.objective];
  return a === b ? a : a * (1 - (place - below)) + b * (place - below);
}
