import { comparePaired, compareWelch } from "@nn/insight";
import type { OtherRun, RunComparison } from "@nn/report";

import { getScores, type Scores } from "./rank-trials.ts";
import type { RunData } from "./read-run.ts";

/**
 * Returns the best result of another run beside `main`. `haveSameImages`: whether their trials were measured
 * on the same images, so that those with the same seed are pairs. Undefined if no trial is completed.
 */
export function readOtherRun(main: RunData, other: RunData, haveSameImages: boolean): OtherRun | undefined {
  const best = other.configurations.find(({ metric }) => metric !== null);
  const first = other.trials.find(({ configuration }) => configuration === best?.index);
  if (best?.metric == null || first === undefined) return undefined;
  const settings = other.parameters.flatMap(({ label }, index) => {
    const value = first.values[index] ?? null;
    return value === null
      ? []
      : [`${label} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`];
  });
  return {
    run: other.run,
    description: other.description,
    settings: settings.join(", "),
    metric: other.metric,
    best: best.metric,
    test: best.test,
    parameters: first.parameters,
    trials: other.trials.length,
    epochs: other.trials.reduce((sum, { ownEpochs }) => sum + ownEpochs, 0),
    comparison: other.metric === main.metric ? compareWith(main, other, best.index, haveSameImages) : null,
  };
}

function compareWith(
  main: RunData,
  other: RunData,
  index: number,
  haveSameImages: boolean,
): RunComparison | null {
  const best = main.configurations.find(({ metric }) => metric !== null);
  if (best === undefined) return null;
  const scores = ({ trials, metric }: RunData, configuration: number): Scores =>
    getScores(
      trials.filter((trial) => trial.configuration === configuration),
      metric,
    );
  const [a, b] = [scores(main, best.index), scores(other, index)];
  const common = haveSameImages ? [...a.keys()].filter((seed) => b.has(seed)) : [];
  const isPaired = common.length >= 2;
  const { difference, pValue } = isPaired
    ? comparePaired(
        common.map((seed) => a.get(seed)!),
        common.map((seed) => b.get(seed)!),
      )
    : compareWelch([...a.values()], [...b.values()]);
  return { difference, pValue: pValue ?? null, pairs: isPaired ? common.length : null };
}
