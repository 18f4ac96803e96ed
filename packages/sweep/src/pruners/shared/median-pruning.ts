import { Type, type Static } from "typebox";
import { insertByObjective, type ConfigurationResult } from "./by-objective.ts";
import type { Problem } from "../../problem.ts";
import type { PruningContext, Pruner, PruningDecision } from "../../pruner.ts";

const options = Type.Object({
  startup: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 5,
    description: "Number of initial configurations that are not compared and always continue.",
  }),
  warmup: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
    description: "Number of epochs at the start of each training that are not compared.",
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
export const comparisonOptions = options.properties;

/** The values of `comparisonOptions`. */
export type ComparisonOptions = Static<typeof options>;

/** That somebody is judged before the last epoch, and compared. */
export function checkComparison(
  { startup, warmup, interval }: ComparisonOptions,
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
 * Compares configuration c at each rung with the objectives there of all configurations before c that have
 * come so far; those that are later or stopped earlier or ended do not count. It goes on if its best
 * objective so far is no greater than this percentile of theirs, or if there are none. It waits until each of
 * them has reported there or will not.
 */
export function compareWithEarlier(
  percentile: number,
  { startup, warmup, interval }: ComparisonOptions,
  { epochs }: PruningContext,
): Pruner {
  const judged: number[] = [];
  for (let epoch = warmup + interval; epoch < epochs; epoch += interval) judged.push(epoch);
  /** As many as somebody has come to. */
  const rungs: Rung[] = [];
  const bests = new Map<number, number>();
  const gone = new Set<number>();

  function judge(rung: Rung, configuration: number, { objective, best }: Report): PruningDecision {
    const { epoch, earlier } = rung;
    const goesOn =
      objective !== undefined && (configuration < startup || best <= percentileOf(earlier, percentile));
    if (objective !== undefined) insertByObjective(earlier, { configuration, objective });
    if (!goesOn) gone.add(configuration);
    return { configuration, epoch, goesOn };
  }

  /** Judges all whose turn it is. Who is stopped at one rung may have been awaited at later ones. */
  function judgeFrom(first: number): PruningDecision[] {
    const verdicts: PruningDecision[] = [];
    for (const rung of rungs.slice(first)) {
      for (; ; rung.next++) {
        const report = rung.reports.get(rung.next);
        if (report !== undefined) verdicts.push(judge(rung, rung.next, report));
        else if (!gone.has(rung.next)) break;
        rung.reports.delete(rung.next);
      }
    }
    return verdicts;
  }

  return {
    rungs: () => judged,
    report(configuration, epoch, objective) {
      const index = (epoch - warmup) / interval - 1;
      for (let next = rungs.length; next <= index; next++) rungs.push(new Rung(judged[next]!));
      const best = Math.min(bests.get(configuration) ?? Infinity, objective ?? Infinity);
      bests.set(configuration, best);
      rungs[index]!.reports.set(configuration, { objective, best });
      return judgeFrom(index);
    },
    end(configuration) {
      gone.add(configuration);
      return judgeFrom(0);
    },
  };
}

interface Report {
  readonly objective: number | undefined;
  /** The smallest so far. */
  readonly best: number;
}

class Rung {
  readonly epoch: number;
  /** Of those that wait for their turn. */
  readonly reports = new Map<number, Report>();
  /** All before this one have been judged here or will not come. */
  next = 0;
  /** The objectives of those that have been judged. */
  readonly earlier: ConfigurationResult[] = [];

  constructor(epoch: number) {
    this.epoch = epoch;
  }
}

/**
 * That many percent of the way from the best to the worst, between two neighbours linearly; Infinity of none.
 */
function percentileOf(results: readonly ConfigurationResult[], percent: number): number {
  if (results.length === 0) return Infinity;
  const place = (percent / 100) * (results.length - 1);
  const below = Math.floor(place);
  const [a, b] = [results[below]!.objective, results[Math.ceil(place)]!.objective];
  return a === b ? a : a * (1 - (place - below)) + b * (place - below);
}
