import { checkPruner, checkSweep, continuesNetworks, getGenerationSizes } from "@nn/sweep";
import { createRng } from "@nn/tensor";

import { countConfigurationsWithin, truncateGenerations } from "../schema/budget.ts";
import { arePartsValid, getRepeats, getSweep, type LoadedSpec } from "../checks/check-spec.ts";
import { findNearestNode, type Located } from "../yaml/located.ts";
import type { Problems } from "../errors/problem.ts";
import { addProblemAt, getDefaultGoal, type SweptPath } from "./sweep.ts";
import { getTrialSpec } from "./trials.ts";

/** Adds the problems of a sweep's pruner, if the parts that this check needs are valid. */
export function checkPruning(
  loaded: LoadedSpec,
  swept: readonly SweptPath[],
  root: Located,
  problems: Problems,
): void {
  const sweep = getSweep(loaded);
  if (sweep?.pruner === undefined || !arePartsValid(loaded, "sweep.pruner", "training.epochs")) return;
  const length = swept.find(({ path: [part, key] }) => part === "training" && (key ?? "epochs") === "epochs");
  if (length !== undefined) {
    problems.add({
      place: findNearestNode(root, ["sweep", "parameters", length.text]).key,
      message: `${length.text} is swept, but a pruner compares only trials of the same length`,
      advice: "Sweep other parameters, or leave out the pruner.",
    });
    return;
  }
  if (!arePartsValid(loaded, "sweep.sampler", "sweep.parameters")) return;
  if (sweep.constraints !== undefined && !arePartsValid(loaded, "sweep.constraints")) return;
  if (checkSweep(sweep).length > 0) return;
  if (continuesNetworks(sweep)) {
    problems.add({
      place: findNearestNode(root, ["sweep", "pruner"]).key,
      message: `the sampler ${sweep.sampler.type} itself decides which networks continue training`,
      advice: "Leave out the pruner, or use another sampler, such as tpe.",
    });
    return;
  }
  const { epochs } = getTrialSpec(loaded.body).training;
  const scheduler = {
    epochs,
    // The sizes of generations do not depend on the random numbers.
    generations: truncateGenerations(
      getGenerationSizes(sweep, createRng(0), epochs),
      countConfigurationsWithin(sweep.budget ?? {}, getRepeats(loaded) ?? 1),
    ),
    goal: sweep.goal ?? getDefaultGoal(sweep.metric),
    ...(sweep.metric.endsWith(".accuracy") && { metricRange: [0, 1] as const }),
  };
  for (const problem of checkPruner(sweep.pruner, scheduler, sweep.pruners)) {
    addProblemAt(problem, ["sweep", "pruner"], root, problems, "Change the pruner.");
  }
}
