import { resolveSweptValues, createLabels, getChoices } from "@nn/sweep";
import { formatPath, type Path } from "@nn/training";

import { checkBatchSize } from "../checks/batch-size.ts";
import { formatYamlValue } from "../schema/json-schema.ts";
import { findNode, findNearestNode, type Located } from "../yaml/located.ts";
import { getSeed } from "../checks/check-spec.ts";
import { checkMemory } from "../checks/memory.ts";
import { checkNormalization } from "../checks/normalization.ts";
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
  readonly problems: Problems;
}

/** Reports a sweep with too many trials. `generations` are the numbers of configurations. */
export function checkTrialCount(
  generations: readonly number[],
  repeats: number,
  { root, problems }: Pick<CombinationContext, "root" | "problems">,
): void {
  const count = generations.reduce((sum, size) => sum + size, 0);
  if (count * repeats <= MAX_TRIALS) return;
  problems.add({
    place: findNearestNode(root, ["sweep", "parameters"]).key,
    message: `this sweep has ${count} × ${repeats} trials`,
    expected: `at most ${MAX_TRIALS}`,
    advice: "Try fewer values, or set fewer repeats.",
  });
}

/**
 * Finds mistakes in the trials of a sweep: a value that does not fit the experiment, or several values that
 * cannot be combined. The experiment must be valid without the sweep. A mistake is reported only once, with
 * the first values that cause it. Of configurations that differ only in fractional numbers, only the first
 * ones are checked, because a valid fraction fits all other values.
 */
export function checkCombinations(
  configurations: readonly Configuration[],
  context: CombinationContext,
): void {
  const { root, sweep, problems } = context;
  const place = findNearestNode(root, ["sweep", "parameters"]).key;
  const told = new Set<string>();
  const checked = new Set<string>();
  for (const [index, { parameters, body }] of configurations.entries()) {
    const key = createDiscreteKey(parameters);
    if (index >= MAX_CHECKED_COMBINATIONS && checked.has(key)) continue;
    checked.add(key);
    for (const error of findErrors(body, context)) {
      const written = Object.entries(resolveSweptValues(sweep.parameters, parameters));
      const single = written.find((entry) => causeSameError([entry], error, context));
      const where = single === undefined ? place : locateValue(single[0], parameters, context);
      // Mistakes are distinguished by position and not by value, because many values of a range may cause the
      // same mistake.
      const mistake = JSON.stringify([error.path, where.source.name, where.start]);
      if (told.has(mistake)) continue;
      told.add(mistake);
      const values = single === undefined ? findPair(written, error, context) : [single];
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

function createDiscreteKey(parameters: Configuration["parameters"]): string {
  return JSON.stringify(parameters, (_path, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? "a fraction" : value,
  );
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
    ...checkNormalization(spec, getSeed(body), context),
    ...checkOptimizer(spec.optimizer, context),
    ...checkSchedule(spec, context),
    ...checkTraining(spec, context),
    ...checkLayers(spec, context),
  ];
  if (specErrors.length > 0) return specErrors;
  const short = checkBatchSize(spec, context);
  return short.length > 0 ? short : checkMemory(spec, context);
}

/** A swept path as text, and its value. */
type SweptEntry = readonly [text: string, value: unknown];

/** Returns two values that cause an error at the same path, or all values if no two are enough. */
function findPair(
  written: readonly SweptEntry[],
  error: SchemaError | SpecError,
  context: CombinationContext,
): readonly SweptEntry[] {
  const pairs = written.flatMap((one, index) => written.slice(index + 1).map((other) => [one, other]));
  return pairs.find((entries) => causeSameError(entries, error, context)) ?? written;
}

/** Returns whether these values alone cause an error at the same path. */
function causeSameError(
  entries: readonly SweptEntry[],
  error: SchemaError | SpecError,
  context: CombinationContext,
): boolean {
  const values = entries.flatMap(([text, value]): [Path, unknown][] => {
    const path = context.swept.find((each) => each.text === text)?.path;
    return path === undefined ? [] : [[path, value]];
  });
  if (values.length < entries.length) return false;
  return findErrors(substituteValues(context.body, values), context).some(
    (each) => formatPath(each.path) === formatPath(error.path),
  );
}

/** Returns the position of a swept value in its list; for a value of a range, the position of the range. */
function locateValue(
  text: string,
  parameters: Configuration["parameters"],
  { sweep, root }: CombinationContext,
): Span {
  const domain = sweep.parameters[text];
  const options = domain === undefined ? undefined : getChoices(domain);
  const written = JSON.stringify(parameters[text]);
  const index = createLabels(options ?? []).findIndex((each) => JSON.stringify(each) === written);
  const path = ["sweep", "parameters", text];
  const list = findNode(root, [...path, "values"]) === undefined ? path : [...path, "values"];
  return findNode(root, [...list, index])?.value.span ?? findNearestNode(root, path).key;
}
