import { fillDefaults, selectSchema, type JsonSchema } from "../schema/json-schema.ts";
import { formatPath, isRecord, type Path } from "@nn/training";

/**
 * The keys of an experiment that define a trial. A sweep may change them even if the file does not contain
 * them.
 */
export const TRIAL_KEYS = [
  "dataset",
  "augment",
  "model",
  "loss",
  "optimizer",
  "schedule",
  "training",
  "evaluation",
] as const;

/** An experiment as written, and as completed with defaults. */
export interface ExperimentBody {
  readonly schema: JsonSchema;
  readonly written: unknown;
  readonly completed: unknown;
}

/**
 * Returns the experiment with these values at these paths, and fills in defaults again. Values are put into
 * the experiment as written. So if a path changes the `type`, no defaults of the old `type` remain. The value
 * null leaves out a key that is absent by default, such as training.earlyStopping.
 */
export function substituteValues(
  body: ExperimentBody,
  values: readonly (readonly [Path, unknown])[],
): ExperimentBody {
  let written = body.written;
  for (const [path, value] of values) {
    const without = value === null ? removeKeyWithoutDefault(body.schema, written, path) : undefined;
    written = without ?? put(written, body.completed, path, value);
  }
  return { schema: body.schema, written, completed: fillDefaults(body.schema, written) };
}

/** Returns the experiment without the key at the end of a path; undefined if a default would replace it. */
function removeKeyWithoutDefault(schema: JsonSchema, written: unknown, path: Path): unknown {
  const without = remove(written, path);
  const isAbsent = path.length > 0 && getValueAt(fillDefaults(schema, without), path) === undefined;
  return isAbsent && typeof path.at(-1) === "string" ? without : undefined;
}

function remove(written: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return written;
  const below = stepInto(written, step);
  if (below === undefined) return written;
  if (Array.isArray(written) && typeof step === "number") return written.with(step, remove(below, rest));
  const { [step]: _removed, ...others } = isRecord(written) ? written : {};
  return rest.length === 0 ? others : { ...others, [step]: remove(below, rest) };
}

function getValueAt(value: unknown, path: Path): unknown {
  return path.reduce(stepInto, value);
}

function put(written: unknown, completed: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  // Default options belong to the default type. Another type does not have these keys.
  const isOtherType = written === undefined && step === "type" && isRecord(completed);
  const base = isOtherType ? {} : written === undefined ? completed : written;
  const below = put(stepInto(base, step), stepInto(completed, step), rest, value);
  if (Array.isArray(base) && typeof step === "number") return base.with(step, below);
  return { ...(isRecord(base) ? base : {}), [step]: below };
}

function stepInto(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return typeof step === "number" ? value[step] : undefined;
  return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/**
 * The steps that can follow a path; `undecided` if the experiment itself is invalid, or if no schema
 * describes them.
 */
export type NextPathSteps = readonly (string | number)[] | "undecided";

/**
 * The schema and the value at a path. `isThere` is true if the experiment has the value, even if it is only a
 * default.
 */
export interface SubstitutionTarget {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly isThere: boolean;
}

/** Returns the schema and value at a path; undefined if no schema describes the path. */
export function findSubstitutionTarget(body: ExperimentBody, path: Path): SubstitutionTarget | undefined {
  let at: SubstitutionTarget = { schema: body.schema, value: body.completed, isThere: true };
  for (const step of path) {
    // An absent block is created with its defaults when a value is put into it.
    const value = at.isThere ? at.value : createBlankValue(at.schema);
    const schema =
      typeof step === "number" ? at.schema.items : selectSchema(at.schema, value).properties?.[step];
    if (schema === undefined) return undefined;
    const next = stepInto(value, step);
    at = { schema, value: next, isThere: at.isThere && next !== undefined };
  }
  return at;
}

/** Returns a block of defaults; undefined if the defaults depend on a `type`, or if this is not a block. */
function createBlankValue(schema: JsonSchema): unknown {
  return schema.type === "object" && schema.allOf === undefined ? fillDefaults(schema, {}) : undefined;
}

/** Returns the steps that may follow a valid path: the keys of a block, the indices of a list, or none. */
export function getNextPathSteps(body: ExperimentBody, path: Path): NextPathSteps {
  const at = findSubstitutionTarget(body, path);
  if (at === undefined) return "undecided";
  const { schema, value } = at;
  const isAbsent = value === undefined;
  if (schema.type === "array") return Array.isArray(value) ? [...value.keys()] : isAbsent ? [] : "undecided";
  if (schema.type !== "object") return [];
  const block = selectSchema(schema, value);
  // If a block with several types is absent, only its `type` can be set.
  const isDecided = isAbsent || (isRecord(value) && (schema.allOf === undefined || block !== schema));
  // An option without a default is not in the value but can be swept.
  return isDecided ? Object.keys(block.properties ?? {}) : "undecided";
}

/** Returns every path that a sweep may name. */
export function listSweepablePaths(body: ExperimentBody): string[] {
  const paths: string[] = [];
  const walk = (path: Path): void => {
    if (path.length > 0) paths.push(formatPath(path));
    const steps = path.length === 0 ? TRIAL_KEYS : getNextPathSteps(body, path);
    if (steps !== "undecided") for (const step of steps) walk([...path, step]);
  };
  walk([]);
  return paths;
}
