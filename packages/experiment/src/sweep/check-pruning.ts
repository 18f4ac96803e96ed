import { checkPruner, checkSweep, continuesTrainings, generationsOf } from "@nn/sweep";
import { createRng } from "@nn/tensor";

import { configurationsWithin, truncateGenerations } from "../schema/budget.ts";
import { areValid, repeatsOf, sweepOf, type LoadedSpec } from "../checks/check-spec.ts";
import { nearestNode, type Located } from "../yaml/located.ts";
import type { Problems } from "../errors/problem.ts";
import { addProblemAt, goalOf, type SweptPath } from "./sweep.ts";
import { trialSpecOf } from "./trials.ts";

/** Adds the problems of a sweep's pruner, if the parts that this check needs are valid. */
export function checkPruning(
  reading: LoadedSpec,
  swept: readonly SweptPath[],
  root: Located,
  problems: Problems,
): void {
  const sweep = sweepOf(reading);
  if (sweep?.pruner === undefined || !areValid(reading, "sweep.pruner", "training.epochs")) return;
  const length = swept.find(({ path: [part, key] }) => part === "training" && (key ?? "epochs") === "epochs");
  if (length !== undefined) {
    problems.add({
      place: nearestNode(root, ["sweep", "parameters", length.text]).key,
      message: `${length.text} is swept, and a pruner compares trials of the same length`,
      advice: "Sweep other parameters, or leave out the pruner.",
    });
    return;
  }
  if (!areValid(reading, "sweep.sampler", "sweep.parameters")) return;
  if (sweep.constraints !== undefined && !areValid(reading, "sweep.constraints")) return;
  if (checkSweep(sweep).length > 0) return;
  if (continuesTrainings(sweep)) {
    problems.add({
      place: nearestNode(root, ["sweep", "pruner"]).key,
      message: `the sampler ${sweep.sampler.type} decides itself which networks are trained on`,
      advice: "Leave out the pruner, or use another sampler, such as tpe.",
    });
    return;
  }
  const { epochs } = trialSpecOf(reading.body).training;
  const scheduler = {
    epochs,
    // The sizes of generations do not depend on the random numbers.
    generations: truncateGenerations(
      generationsOf(sweep, createRng(0), epochs),
      configurationsWithin(sweep.budget ?? {}, repeatsOf(reading) ?? 1),
    ),
    goal: sweep.goal ?? goalOf(sweep.metric),
    ...(sweep.metric.endsWith(".accuracy") && { reach: [0, 1] as const }),
  };
  for (const problem of checkPruner(sweep.pruner, scheduler, sweep.pruners)) {
    addProblemAt(problem, ["sweep", "pruner"], root, problems, "Change the pruner.");
  }
}
