import {
  enumerateCombinations,
  isAdaptive,
  resolveSweptValues,
  getGenerationSizes,
  proposeCombinations,
  type Proposal,
} from "@nn/sweep";
import { createRng } from "@nn/tensor";
import { canonicalJson, type Path, type SweptValue, type Trial, type TrialSpec } from "@nn/training";

import type { ConfigurationOutcome } from "../experiment.ts";
import { countConfigurationsWithin, truncateGenerations } from "../schema/budget.ts";
import { substituteValues, type ExperimentBody } from "./substitute.ts";
import type { SweepBlock, SweptPath } from "./sweep.ts";

/** One combination of swept values and the trial that it defines. */
export interface Configuration {
  /** Values keyed by path (`listSweptPaths`). */
  readonly parameters: Readonly<Record<string, SweptValue>>;
  readonly body: ExperimentBody;
  readonly spec: TrialSpec;
  /** Index of the configuration whose networks the trials of this configuration continue, from 0. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** The configurations of an experiment, generation by generation. */
export interface Configurations {
  /** Number of configurations in each generation. */
  readonly generations: readonly number[];
  /** Number of configurations that the sampler would propose but the budget of trials excludes. */
  readonly leftOut: number;
  /**
   * Returns the configurations of the next generation, or none after the last one. `outcomes` holds the
   * outcomes of all earlier configurations, in order.
   */
  next(outcomes: readonly ConfigurationOutcome[]): Configuration[];
  /**
   * Returns configurations that the sampler could propose later, drawn at random; none if it proposes all in
   * the first generation.
   */
  drawLater(): Configuration[];
  /** Returns the blocks of all data sets that the configurations of any generation can have. */
  listDatasets(): TrialSpec["dataset"][];
}

/**
 * Number of random configurations. If there are sixteen combinations, each is missed with a probability of
 * 0.03 %.
 */
const DRAWS = 128;

/**
 * Returns the configurations that the sampler proposes, in order. Without a sweep, the experiment itself is
 * the only one.
 */
export function proposeConfigurations(
  body: ExperimentBody,
  seed: number,
  sweep: SweepBlock | undefined,
  swept: readonly SweptPath[],
  repeats: number,
): Configurations {
  if (sweep === undefined) {
    const only = { parameters: {}, body, spec: getTrialSpec(body) };
    return {
      generations: [1],
      leftOut: 0,
      next: (outcomes) => (outcomes.length === 0 ? [only] : []),
      drawLater: () => [],
      listDatasets: () => [only.spec.dataset],
    };
  }
  const { epochs } = getTrialSpec(body).training;
  const rng = createRng(seed).fork("sweep");
  const paths = new Map(swept.map(({ text, path }) => [text, path]));
  const proposals: Proposal[] = [];

  const configure = (proposal: Proposal): Configuration => {
    const { parameters, from, until } = proposal;
    const values = Object.entries(resolveSweptValues(sweep.parameters, parameters)).map(
      ([text, value]): [Path, unknown] => {
        const path = paths.get(text);
        // Throws an error. Otherwise an unused value would be reported as tried.
        if (path === undefined) throw new Error(`${text} is swept, but its path was not checked`);
        return [path, value];
      },
    );
    const own = substituteValues(body, values);
    return { parameters: toSweptValues(parameters), body: own, spec: getTrialSpec(own), from, until };
  };
  const proposable = getGenerationSizes(sweep, rng, epochs);
  const count = countConfigurationsWithin(sweep.budget ?? {}, repeats);
  return {
    generations: truncateGenerations(proposable, count),
    leftOut: Math.max(0, proposable.reduce((sum, size) => sum + size, 0) - count),
    next(outcomes) {
      // A budget may end within a generation of the sampler.
      if (outcomes.length >= count) return [];
      const history = outcomes.map((outcome, index) => ({
        parameters: proposals[index]!.parameters,
        ...outcome,
      }));
      const proposed = proposeCombinations(sweep, rng, epochs, history).slice(0, count - outcomes.length);
      proposals.splice(outcomes.length, Infinity, ...proposed);
      return proposed.map(configure);
    },
    drawLater() {
      if (!isAdaptive(sweep)) return [];
      const sampler = { type: "random", trials: DRAWS };
      return proposeCombinations({ ...sweep, sampler }, rng.fork("draws"), epochs).map(configure);
    },
    listDatasets() {
      const combinations = isAdaptive(sweep)
        ? enumerateCombinations(sweep.parameters, changesData)
        : proposals.map(({ parameters }) => parameters);
      const blocks = combinations.map((parameters) => configure({ parameters }).spec.dataset);
      return [...new Map(blocks.map((block) => [canonicalJson(block), block])).values()];
    },
  };
}

/** Whether a swept path changes which images are read. */
function changesData(path: string): boolean {
  return /^dataset(?:$|[.[])/.test(path) && !/^dataset\.(?:validation|normalize)$/.test(path);
}

/**
 * Returns `repeats` trials per configuration, with consecutive seeds. `before` is the number of earlier
 * configurations.
 */
export function createTrials(
  configurations: readonly Configuration[],
  { seed, repeats }: { readonly seed: number; readonly repeats: number },
  before = 0,
): Trial[] {
  return configurations.flatMap(({ parameters, spec, from, until }, index) =>
    Array.from({ length: repeats }, (_, repeat) => {
      const numberIn = (configuration: number): number => configuration * repeats + repeat + 1;
      return {
        number: numberIn(before + index),
        seed: seed + repeat,
        configuration: before + index,
        parameters,
        spec,
        ...(from !== undefined && { parent: numberIn(from) }),
        ...(until !== undefined && { until }),
      };
    }),
  );
}

/** Returns the parts of a completed experiment that a trial needs. */
export function getTrialSpec({ completed }: ExperimentBody): TrialSpec {
  // The schema check guarantees that the data has this type.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { dataset, augment, model, loss, optimizer, schedule, training, evaluation } = completed as TrialSpec;
  return {
    dataset,
    ...(augment !== undefined && { augment }),
    model,
    loss,
    optimizer,
    schedule,
    training,
    ...(evaluation !== undefined && { evaluation }),
  };
}

function toSweptValues(parameters: Readonly<Record<string, unknown>>): Record<string, SweptValue> {
  // The schema check guarantees that each block among the values names a catalog entry.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return parameters as Record<string, SweptValue>;
}
