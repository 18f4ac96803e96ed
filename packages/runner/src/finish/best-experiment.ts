import { dirname } from "node:path";

import { relocateSpec, type Experiment } from "@nn/experiment";
import type { TrialRecord } from "@nn/results";
import type { Trial, TrialSpec } from "@nn/training";
import { stringify } from "yaml";

import { rankConfigurations, toMetricName } from "../scheduling/ranking.ts";

/** The experiment of the best configuration of a sweep, beside its results.csv. */
export const BEST_EXPERIMENT_FILE = "best.yaml";

/** The start of the comment with the trials, from which `readBestTrials` reads them. */
const TRIALS_COMMENT = "Its trials: ";

/**
 * Returns the numbers of the trials of the best configuration from the text of its file; undefined if a
 * person has removed the comment.
 */
export function readBestTrials(text: string): readonly number[] | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`# ${TRIALS_COMMENT}`));
  const [, numbers] = /: (\d+(?:, \d+)*)\./.exec(line ?? "") ?? [];
  return numbers?.split(", ").map(Number);
}

/** The experiment of the best configuration: the text of its file, and the spec of its trials. */
export interface BestExperiment {
  readonly text: string;
  readonly spec: TrialSpec;
}

/**
 * Returns the text of an experiment file that trains the best configuration of a sweep. It has the values of
 * the configuration instead of the sweep, and comments that explain the choice. `folder` is the folder of the
 * file. Returns undefined without a sweep, or if no configuration has completed with the metric.
 */
export function createBestExperiment(
  experiment: Experiment,
  trials: readonly Trial[],
  records: ReadonlyMap<number, TrialRecord>,
  folder: string,
): BestExperiment | undefined {
  if (experiment.sweptPaths.length === 0) return undefined;
  const ranking = rankConfigurations({ ...experiment, trials }, records);
  const [best] = ranking;
  const metric = toMetricName(experiment.metric);
  const spread = best?.metrics.get(metric);
  const trial = trials.find(({ number }) => number === best?.numbers[0]);
  if (best === undefined || spread === undefined || trial === undefined) return undefined;

  const { name, repeats, seed, file } = experiment;
  const seeds = best.completed === 1 ? "one seed" : `the mean over ${best.completed} seeds`;
  const comments = [
    `The best configuration of the sweep ${name}.`,
    `Chosen by ${metric}, ${seeds}: ${Number(spread.mean.toPrecision(12))}, of ${ranking.length} configurations.`,
    `${TRIALS_COMMENT}${best.numbers.join(", ")}. Chosen by this value, so the value is slightly optimistic.`,
    ...Object.entries(best.parameters).map(([path, value]) => `  ${path}: ${JSON.stringify(value)}`),
    ...(experiment.continuesNetworks
      ? [
          "The sweep changed values during the training. This file trains with the last values from the start.",
        ]
      : []),
  ];
  const content = {
    name: `${name}-best`,
    description: `The best configuration of the sweep ${name}`,
    seed,
    repeats,
    ...relocateSpec(trial.spec, dirname(file), folder),
  };
  const text = `${comments.map((line) => `# ${line}\n`).join("")}\n${stringify(content)}`;
  return { text, spec: trial.spec };
}
