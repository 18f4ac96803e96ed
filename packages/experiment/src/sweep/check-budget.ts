import { dependsOnLaterConfigurations } from "@nn/sweep";

import type { Budget } from "../schema/budget.ts";
import {
  arePartsValid,
  getSweepMetric,
  getRepeats,
  getSweep,
  type LoadedSpec,
} from "../checks/check-spec.ts";
import { findNearestNode, type Located } from "../yaml/located.ts";
import type { Problems } from "../errors/problem.ts";
import type { Span } from "../yaml/source.ts";

/** Adds the problems of a sweep's budget. Each check runs only if the parts that it needs are valid. */
export function checkBudget(loaded: LoadedSpec, root: Located, problems: Problems): void {
  const { budget, pruner, pruners } = getSweep(loaded) ?? {};
  if (budget === undefined || !arePartsValid(loaded, "sweep.budget")) return;
  const place = (key: keyof Budget): Span => findNearestNode(root, ["sweep", "budget", key]).key;

  const repeats = getRepeats(loaded);
  if (budget.trials !== undefined && repeats !== undefined && budget.trials < repeats) {
    problems.add({
      place: place("trials"),
      message: `a configuration has ${repeats} trials, one per repeat, but the budget is ${budget.trials}`,
      expected: `at least ${repeats}`,
      advice: "Allow more trials, or set fewer repeats.",
    });
  }
  const metric = getSweepMetric(loaded);
  if (metric?.endsWith(".accuracy") === true && budget.target !== undefined && !isShare(budget.target)) {
    problems.add({
      place: place("target"),
      message: `${metric} is a fraction of the images and cannot be ${budget.target}`,
      expected: "a number from 0 to 1",
      advice: "Write 0.99 for 99 %.",
    });
  }
  if (
    pruner === undefined ||
    !arePartsValid(loaded, "sweep.pruner") ||
    !dependsOnLaterConfigurations(pruner.type, pruners)
  )
    return;
  for (const key of ["epochs", "target"] as const) {
    if (budget[key] === undefined) continue;
    problems.add({
      place: place(key),
      message: `${pruner.type} compares a configuration with later ones, so the sweep cannot end before them`,
      advice:
        `Omit ${key}, set trials instead, or use a pruner that compares only with earlier configurations, such ` +
        "as median.",
    });
  }
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
