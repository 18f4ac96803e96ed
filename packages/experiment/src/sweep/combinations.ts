import { resolveSweptValues, createLabels, getOptions } from "@nn/sweep";
import { formatPath } from "@nn/training";

import { checkBatchSize } from "../checks/batch-size.ts";
import { formatYamlValue } from "../schema/json-schema.ts";
import { findNode, findNearestNode, type Located } from "../yaml/located.ts";
import { checkMemory } from "../checks/memory.ts";
import type { Problems } from "../errors/problem.ts";
import type { SchemaCheck, SchemaError } from "../schema/schema-problems.ts";
import type { Span } from "../yaml/source.ts";
import { substituteValues, type ExperimentBody } from "./substitute.ts";
import type { SweepBlock, SweptPath } from "./sweep.ts";
import { MAX_CHECKED_COMBINATIONS } from "./swept-values.ts";
import {
  checkDataset,
  checkSplitSizes,
  checkLayers,
  checkOptimizer,
  checkNormalization,
  checkSchedule,
  checkTraining,
  type SpecError,
  type CheckContext,
} from "../checks/check-trial.ts";
import { getTrialSpec, type Configuration } from "./trials.ts";

/** Maximum number of trials of a sweep. A larger table would not be useful. */
const MAX_TRIALS = 100_000;

/** Input of `checkCombinations`, which adds the mistakes that it finds to `problems`. */
export interface CombinationContext extends CheckContext {
  readonly body: ExperimentBody;
  readonly swept: readonly SweptPath[];
  readonly check: SchemaCheck;
  readonly sweep: SweepBlock;
  readonly root: Located;
  readonly repeats: number;
  readonly problems: Problems;
}

/**
 * Finds mistakes in the trials of a sweep whose experiment is valid without the sweep: a value that does not
 * fit the rest, or several values that cannot be combined. `configurations` are those of the first
 * generation. The same mistake is reported once, with the first values that cause it.
 */
export function checkCombinations(
  configurations: readonly Configuration[],
  generations: readonly number[],
  context: CombinationContext,
): void {
  const { root, repeats, sweep, problems } = context;
  const place = findNearestNode(root, ["sweep", "parameters"]).key;
  const count = generations.reduce((sum, size) => sum + size, 0);
  if (count * repeats > MAX_TRIALS) {
    problems.add({
      place,
      message: `this sweep has ${count} × ${repeats} trials`,
      expected: `at most ${MAX_TRIALS}`,
      advice: "Try fewer values, or repeat them less often.",
    });
    return;
  }
  const told = new Set<string>();
  for (const { parameters, body } of configurations.slice(0, MAX_CHECKED_COMBINATIONS)) {
    for (const error of findErrors(body, context)) {
      const written = Object.entries(resolveSweptValues(sweep.parameters, parameters));
      const culprit = written.find(([text, value]) => isEnough(text, value, error, context));
      const where = culprit === undefined ? place : placeOfValue(culprit[0], parameters, context);
      // Distinguished by position and not by value: many values of a range may cause the same mistake.
      const mistake = JSON.stringify([error.path, where.source.name, where.start]);
      if (told.has(mistake)) continue;
      told.add(mistake);
      const values = culprit === undefined ? written : [culprit];
      problems.add({
        place: where,
        message:
          `with ${values.map(([path, value]) => `${path}: ${formatYamlValue(value)}`).join(", ")}: ` +
          error.message,
        expected: error.expected,
        advice: error.advice ?? "Change these values.",
      });
    }
  }
}

function findErrors(body: ExperimentBody, context: CombinationContext): readonly (SchemaError | SpecError)[] {
  const { check, sweep } = context;
  const errors = check(body.written);
  if (errors.length > 0) return errors;
  const spec = getTrialSpec(body);
  const unreadable = checkDataset(spec, context);
  if (unreadable.length > 0) return unreadable;
  const specErrors = [
    ...checkSplitSizes(spec, sweep.metric, context),
    ...checkNormalization(spec, context),
    ...checkOptimizer(spec.optimizer, context),
    ...checkSchedule(spec, context),
    ...checkTraining(spec, context),
    ...checkLayers(spec, context),
  ];
  if (specErrors.length > 0) return specErrors;
  const short = checkBatchSize(spec, context);
  return short.length > 0 ? short : checkMemory(spec, context);
}

/** Whether this value alone causes an error at the same path. */
function isEnough(
  text: string,
  value: unknown,
  error: SchemaError | SpecError,
  context: CombinationContext,
): boolean {
  const path = context.swept.find((each) => each.text === text)?.path;
  if (path === undefined) return false;
  return findErrors(substituteValues(context.body, [[path, value]]), context).some(
    (each) => formatPath(each.path) === formatPath(error.path),
  );
}

/** Returns the position of a swept value in its list; for a value of a range, the position of the range. */
function placeOfValue(
  text: string,
  parameters: Configuration["parameters"],
  { sweep, root }: CombinationContext,
): Span {
  const domain = sweep.parameters[text];
  const options = domain === undefined ? undefined : getOptions(domain);
  const written = JSON.stringify(parameters[text]);
  const index = createLabels(options ?? []).findIndex((each) => JSON.stringify(each) === written);
  const path = ["sweep", "parameters", text];
  const list = findNode(root, [...path, "values"]) === undefined ? path : [...path, "values"];
  return findNode(root, [...list, index])?.value.span ?? findNearestNode(root, path).key;
}
