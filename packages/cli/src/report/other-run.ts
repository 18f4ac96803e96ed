import { compareWelch } from "@nn/insight";
import type { OtherRun, RunComparison } from "@nn/report";

import { scoresOf } from "./rank-trials.ts";
import type { RunData } from "./read-run.ts";

/** Returns the best result of another run beside `main`. Undefined if no trial is completed. */
export function otherRun(main: RunData, other: RunData): OtherRun | undefined {
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
    comparison: other.metric === main.metric ? compareWith(main, other, best.index) : null,
  };
}

function compareWith(main: RunData, other: RunData, index: number): RunComparison | null {
  const best = main.configurations.find(({ metric }) => metric !== null);
  if (best === undefined) return null;
  const valuesOf = ({ trials, metric }: RunData, configuration: number): number[] => [
    ...scoresOf(
      trials.filter((trial) => trial.configuration === configuration),
      metric,
    ).values(),
  ];
  const { difference, pValue } = compareWelch(valuesOf(main, best.index), valuesOf(other, index));
  return { difference, pValue: pValue ?? null };
}
