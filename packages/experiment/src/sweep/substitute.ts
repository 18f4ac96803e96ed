import { fillDefaults, schemaFor, type JsonSchema } from "../schema/json-schema.ts";
import { formatPath, isRecord, type Path } from "@nn/training";

/**
 * The parts of an experiment that make a trial: what a sweep may reach into, whether or not the file has
 * them.
 */
export const TRIAL_PARTS = [
  "dataset",
  "augment",
  "model",
  "loss",
  "optimizer",
  "schedule",
  "training",
  "evaluation",
] as const;

/** An experiment as it is written and as it is once defaults are filled in. */
export interface ExperimentBody {
  readonly schema: JsonSchema;
  readonly written: unknown;
  readonly completed: unknown;
}

/**
 * The experiment with other values at some paths, complete again. Values are put into what is written, so
 * that options which are mere defaults do not stand in the way when a path changes the `type` beside them.
 */
export function substitute(
  body: ExperimentBody,
  values: readonly (readonly [Path, unknown])[],
): ExperimentBody {
  let written = body.written;
  for (const [path, value] of values) written = put(written, body.completed, path, value);
  return { schema: body.schema, written, completed: fillDefaults(body.schema, written) };
}

function put(written: unknown, completed: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  // Options that are mere defaults belong to the default type: beside another they would be unknown keys.
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
 * Steps that may follow a path; `undecided` where the experiment itself is wrong, so that nobody can tell.
 */
export type Steps = readonly (string | number)[] | "undecided";

/**
 * What a path leads to: the schema there, and the value. `isThere`: the experiment has it, if only by a
 * default.
 */
export interface SubstitutionTarget {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly isThere: boolean;
}

/** Undefined where no schema describes what the path leads to. */
export function findTarget(body: ExperimentBody, path: Path): SubstitutionTarget | undefined {
  let at: SubstitutionTarget = { schema: body.schema, value: body.completed, isThere: true };
  for (const step of path) {
    // An absent block comes into being when something is put into it, with its defaults.
    const value = at.isThere ? at.value : blank(at.schema);
    const schema =
      typeof step === "number" ? at.schema.items : schemaFor(at.schema, value).properties?.[step];
    if (schema === undefined) return undefined;
    const next = stepInto(value, step);
    at = { schema, value: next, isThere: at.isThere && next !== undefined };
  }
  return at;
}

/**
 * A block of defaults alone; undefined where only a `type` could say which those are, and for what is no
 * block.
 */
function blank(schema: JsonSchema): unknown {
  return schema.type === "object" && schema.allOf === undefined ? fillDefaults(schema, {}) : undefined;
}

/** What may follow a path that leads somewhere: the keys of a block, the entries of a list, or nothing. */
export function stepsBelow(body: ExperimentBody, path: Path): Steps {
  const at = findTarget(body, path);
  if (at === undefined) return "undecided";
  const { schema, value } = at;
  const isAbsent = value === undefined;
  if (schema.type === "array") return Array.isArray(value) ? [...value.keys()] : isAbsent ? [] : "undecided";
  if (schema.type !== "object") return [];
  const block = schemaFor(schema, value);
  // Of an absent block that is one of several kinds, the type alone can be set.
  const isDecided = isAbsent || (isRecord(value) && (schema.allOf === undefined || block !== schema));
  // An option without a default is not in the value, and can be swept all the same.
  return isDecided ? Object.keys(block.properties ?? {}) : "undecided";
}

/** Every path that a sweep may name. */
export function sweepablePaths(body: ExperimentBody): string[] {
  const paths: string[] = [];
  const walk = (path: Path): void => {
    if (path.length > 0) paths.push(formatPath(path));
    const steps = path.length === 0 ? TRIAL_PARTS : stepsBelow(body, path);
    if (steps !== "undecided") for (const step of steps) walk([...path, step]);
  };
  walk([]);
  return paths;
}
