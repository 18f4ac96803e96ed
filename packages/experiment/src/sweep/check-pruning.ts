import {
  checkPruner,
  checkSweep,
  continuesNetworks,
  getChoices,
  getGenerationSizes,
  isList,
  isMap,
  isNestedDomain,
} from "@nn/sweep";
import { createRng } from "@nn/tensor";

import { countConfigurationsWithin, truncateGenerations } from "../schema/budget.ts";
import { arePartsValid, getRepeats, getSweep, type LoadedSpec } from "../checks/check-spec.ts";
import { findNearestNode, type Located } from "../yaml/located.ts";
import type { Problems } from "../errors/problem.ts";
import { addProblemAt, getDefaultGoal, type SweepBlock, type SweptPath } from "./sweep.ts";
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
  const lengths = length && listEpochs(length, sweep);
  if (length !== undefined && lengths?.length !== 1) {
    problems.add({
      place: findNearestNode(root, ["sweep", "parameters", length.text]).key,
      message:
        `${length.text} gives trials of different lengths, but with a pruner all trials must have the ` +
        "same epochs",
      advice: "Give all trials the same epochs, or leave out the pruner.",
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
  const epochs = lengths?.[0] ?? getTrialSpec(loaded.body).training.epochs;
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

/** Returns the distinct epochs that a swept path gives to trials; undefined if a range contains them. */
function listEpochs({ text, path }: SweptPath, { parameters }: SweepBlock): readonly number[] | undefined {
  const domain = parameters[text];
  if (domain === undefined) return undefined;
  if (path.length > 1) return listNumbers(domain);
  const all = getChoices(domain)?.map((option) =>
    isMap(option) ? listNumbers(option["epochs"]) : undefined,
  );
  if (all === undefined || all.includes(undefined)) return undefined;
  return [...new Set(all.flatMap((each) => each ?? []))];
}

/** Returns the distinct numbers of a number or of a list of numbers; undefined for any other value. */
function listNumbers(value: unknown): readonly number[] | undefined {
  if (typeof value === "number") return [value];
  const options = isList(value) ? value : isNestedDomain(value) ? getChoices(value) : undefined;
  return options?.every((each) => typeof each === "number") === true ? [...new Set(options)] : undefined;
}
