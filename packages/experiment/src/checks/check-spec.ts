import { checkBatchSize } from "./batch-size.ts";
import { isRecord, collectCustomTypes } from "@nn/training";
import { checkMemory } from "./memory.ts";
import { checkNormalization } from "./normalization.ts";
import type { SchemaError } from "../schema/schema-problems.ts";
import type { ExperimentBody } from "../sweep/substitute.ts";
import type { SweepBlock } from "../sweep/sweep.ts";
import {
  checkDataset,
  checkSplitSizes,
  checkLayers,
  checkOptimizer,
  checkSchedule,
  checkTraining,
  type SpecError,
  type CheckContext,
} from "./check-trial.ts";
import { getTrialSpec } from "../sweep/trials.ts";
import { MAX_SEED } from "../schema/schema.ts";

/** An experiment as plain data, and the errors that the schema check found. */
export interface LoadedSpec extends CheckContext {
  readonly body: ExperimentBody;
  readonly errors: readonly SchemaError[];
  /** The paths of custom parts that cannot be loaded. */
  readonly unloadable?: ReadonlySet<string>;
}

/**
 * Returns whether these parts of the experiment, such as `sweep.sampler`, exist and are free of errors. An
 * error in a block that contains a part does not count as an error of the part.
 */
export function arePartsValid(
  { body, errors, unloadable }: LoadedSpec,
  ...parts: readonly string[]
): boolean {
  return parts.every((part) => {
    const path = part.split(".");
    let value = body.completed;
    for (const step of path) value = isRecord(value) ? value[step] : undefined;
    if (value === undefined) return false;
    if (unloadable !== undefined && collectCustomTypes(value).some((type) => unloadable.has(type)))
      return false;
    return !errors.some((error) => path.every((step, index) => error.path[index] === step));
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
export function getSweepMetric(loaded: LoadedSpec): string | undefined {
  return arePartsValid(loaded, "sweep.metric") ? getSweep(loaded)?.metric : undefined;
}

/** Returns the number of repeats of each configuration; undefined if it is absent or invalid. */
export function getRepeats(loaded: LoadedSpec): number | undefined {
  const { completed } = loaded.body;
  const repeats = arePartsValid(loaded, "repeats") && isRecord(completed) ? completed["repeats"] : undefined;
  return typeof repeats === "number" ? repeats : undefined;
}

/** Returns the seed of the experiment, which the schema has checked. */
export function getSeed({ completed }: ExperimentBody): number {
  return isRecord(completed) ? Number(completed["seed"]) : 0;
}

/**
 * Returns the mistakes that a schema cannot detect. Each check runs only if the parts that it needs are
 * valid.
 */
export function checkSpec(loaded: LoadedSpec): SpecError[] {
  const { body } = loaded;
  const spec = isRecord(body.completed) ? getTrialSpec(body) : undefined;
  if (spec === undefined) return [];
  const specErrors: SpecError[] = [];
  if (arePartsValid(loaded, "dataset")) specErrors.push(...checkDataset(spec, loaded));
  const areImagesKnown = arePartsValid(loaded, "dataset") && specErrors.length === 0;
  if (areImagesKnown && arePartsValid(loaded, "seed"))
    specErrors.push(...checkNormalization(spec, getSeed(body), loaded));
  if (areImagesKnown && arePartsValid(loaded, "training"))
    specErrors.push(...checkSplitSizes(spec, getSweepMetric(loaded), loaded));
  if (arePartsValid(loaded, "optimizer")) specErrors.push(...checkOptimizer(spec.optimizer, loaded));
  if (arePartsValid(loaded, "dataset", "schedule")) specErrors.push(...checkSchedule(spec, loaded));
  if (arePartsValid(loaded, "dataset", "training")) specErrors.push(...checkTraining(spec, loaded));
  if (areImagesKnown && arePartsValid(loaded, "model", "loss")) {
    specErrors.push(...checkLayers(spec, loaded));
    if (specErrors.length === 0 && arePartsValid(loaded, "training"))
      specErrors.push(...checkBatchSize(spec, loaded));
    if (specErrors.length === 0 && arePartsValid(loaded, "optimizer", "training"))
      specErrors.push(...checkMemory(spec, loaded));
  }
  return [...specErrors, ...checkSeeds(loaded)];
}

/** Reports a seed that is too large for the repeats: each repeat has the next seed. */
function checkSeeds(loaded: LoadedSpec): SpecError[] {
  const { completed } = loaded.body;
  const repeats = getRepeats(loaded);
  if (repeats === undefined || !isRecord(completed) || !arePartsValid(loaded, "seed")) return [];
  const last = Number(completed["seed"]) + repeats - 1;
  if (last <= MAX_SEED) return [];
  return [
    {
      path: ["seed"],
      message: `with ${repeats} repeats, the last seed is ${last}`,
      expected: `a seed from 0 to ${MAX_SEED - repeats + 1}: each repeat has the next seed, up to ${MAX_SEED}`,
      advice: "Make seed or repeats smaller.",
    },
  ];
}
