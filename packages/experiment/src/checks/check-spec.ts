import { checkBatches } from "./batches.ts";
import { isRecord, collectCustomTypes } from "@nn/training";
import { checkMemory } from "./memory.ts";
import type { SchemaError } from "../schema/schema-problems.ts";
import type { ExperimentBody } from "../sweep/substitute.ts";
import type { SweepBlock } from "../sweep/sweep.ts";
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
} from "./check-trial.ts";
import { getTrialSpec } from "../sweep/trials.ts";

/** An experiment as data, with the errors found by the schema. */
export interface LoadedSpec extends CheckContext {
  readonly body: ExperimentBody;
  readonly faults: readonly SchemaError[];
  /** The paths of custom parts that cannot be loaded. */
  readonly unusable?: ReadonlySet<string>;
}

/**
 * Whether these parts of the experiment, such as `sweep.sampler`, exist and are free of errors. An error in a
 * block that contains a part does not count as an error of the part.
 */
export function arePartsValid({ body, faults, unusable }: LoadedSpec, ...parts: readonly string[]): boolean {
  return parts.every((part) => {
    const path = part.split(".");
    let value = body.completed;
    for (const step of path) value = isRecord(value) ? value[step] : undefined;
    if (value === undefined) return false;
    if (unusable !== undefined && collectCustomTypes(value).some((type) => unusable.has(type))) return false;
    return !faults.some((fault) => path.every((step, index) => fault.path[index] === step));
  });
}

/**
 * Returns the `sweep` block, if there is one. Use a part of it only if the part is valid (`arePartsValid`).
 */
export function getSweep({
  body: { completed },
  catalogs,
}: Pick<LoadedSpec, "body" | "catalogs">): SweepBlock | undefined {
  if (!isRecord(completed) || !isRecord(completed["sweep"])) return undefined;
  const { samplers, pruners } = catalogs;
  // Callers use a part only after the schema has checked it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { sweep } = completed as { readonly sweep: Omit<SweepBlock, "pruners"> };
  return { ...sweep, samplers, pruners };
}

/** Returns the metric of the sweep; undefined if it is absent or invalid. */
export function getSweepMetric(reading: LoadedSpec): string | undefined {
  return arePartsValid(reading, "sweep.metric") ? getSweep(reading)?.metric : undefined;
}

/** Returns the number of repeats of each configuration; undefined if it is absent or invalid. */
export function getRepeats(reading: LoadedSpec): number | undefined {
  const { completed } = reading.body;
  const repeats = arePartsValid(reading, "repeats") && isRecord(completed) ? completed["repeats"] : undefined;
  return typeof repeats === "number" ? repeats : undefined;
}

/**
 * Returns the mistakes that the schema cannot detect. Each check runs only if the parts that it needs are
 * valid.
 */
export function checkSpec(reading: LoadedSpec): SpecError[] {
  const { body } = reading;
  const spec = isRecord(body.completed) ? getTrialSpec(body) : undefined;
  if (spec === undefined) return [];
  const specErrors: SpecError[] = [];
  if (arePartsValid(reading, "dataset")) specErrors.push(...checkDataset(spec, reading));
  const areImagesKnown = arePartsValid(reading, "dataset") && specErrors.length === 0;
  if (areImagesKnown) specErrors.push(...checkNormalization(spec, reading));
  if (areImagesKnown && arePartsValid(reading, "training"))
    specErrors.push(...checkSplitSizes(spec, getSweepMetric(reading), reading));
  if (arePartsValid(reading, "optimizer")) specErrors.push(...checkOptimizer(spec.optimizer, reading));
  if (arePartsValid(reading, "dataset", "schedule")) specErrors.push(...checkSchedule(spec, reading));
  if (arePartsValid(reading, "dataset", "training")) specErrors.push(...checkTraining(spec, reading));
  if (areImagesKnown && arePartsValid(reading, "model", "loss")) {
    specErrors.push(...checkLayers(spec, reading));
    if (specErrors.length === 0 && arePartsValid(reading, "training"))
      specErrors.push(...checkBatches(spec, reading));
    if (specErrors.length === 0 && arePartsValid(reading, "optimizer", "training"))
      specErrors.push(...checkMemory(spec, reading));
  }
  return specErrors;
}
