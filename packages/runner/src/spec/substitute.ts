import { complete, isRecord, schemaFor, type JsonSchema } from "./json-schema.ts";
import type { Path } from "./located.ts";
import { formatPath } from "./path.ts";

/** The parts of an experiment that always make a trial: what a sweep may reach into. */
export const TRIAL_PARTS = ["dataset", "model", "loss", "optimizer", "schedule", "training"] as const;

/** The same, with those that an experiment may have or not, as far as this one has them. */
export function trialParts({ completed }: Pick<Body, "completed">): readonly string[] {
  const has = (part: string): boolean => isRecord(completed) && completed[part] !== undefined;
  const [dataset, ...others] = TRIAL_PARTS;
  return [
    dataset,
    ...(has("augment") ? ["augment"] : []),
    ...others,
    ...(has("evaluation") ? ["evaluation"] : []),
  ];
}

/** An experiment as it is written and as it is once defaults are filled in. */
export interface Body {
  readonly schema: JsonSchema;
  readonly written: unknown;
  readonly completed: unknown;
}

/**
 * The experiment with other values at some paths, complete again. Values are put into what is written, so that options
 * which are mere defaults do not stand in the way when a path changes the `type` beside them.
 */
export function substitute(body: Body, values: readonly (readonly [Path, unknown])[]): Body {
  let written = body.written;
  for (const [path, value] of values) written = put(written, body.completed, path, value);
  return { schema: body.schema, written, completed: complete(body.schema, written) };
}

function put(written: unknown, completed: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const base = written === undefined ? completed : written;
  const below = put(stepInto(base, step), stepInto(completed, step), rest, value);
  if (Array.isArray(base) && typeof step === "number") return base.with(step, below);
  return { ...(isRecord(base) ? base : {}), [step]: below };
}

function stepInto(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return typeof step === "number" ? value[step] : undefined;
  return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** Steps that may follow a path; `undecided` where the experiment itself is wrong, so that nobody can tell. */
export type Steps = readonly (string | number)[] | "undecided";

/** What may follow a path that leads somewhere: the keys of a block, the entries of a list, or nothing. */
export function stepsBelow(body: Body, path: Path): Steps {
  let { schema, completed: value }: { schema: JsonSchema; completed: unknown } = body;
  for (const step of path) {
    const next = typeof step === "number" ? schema.items : schemaFor(schema, value).properties?.[step];
    if (next === undefined) return "undecided";
    schema = next;
    value = stepInto(value, step);
  }
  if (schema.type === "array") return Array.isArray(value) ? [...value.keys()] : "undecided";
  if (schema.type !== "object") return [];
  const block = schemaFor(schema, value);
  const isDecided = isRecord(value) && (schema.allOf === undefined || block !== schema);
  // An option without a default is not in the value, and can be swept all the same.
  return isDecided ? Object.keys(block.properties ?? {}) : "undecided";
}

/** Every path that a sweep may name. */
export function sweepablePaths(body: Body): string[] {
  const paths: string[] = [];
  const walk = (path: Path): void => {
    if (path.length > 0) paths.push(formatPath(path));
    const steps = path.length === 0 ? trialParts(body) : stepsBelow(body, path);
    if (steps !== "undecided") for (const step of steps) walk([...path, step]);
  };
  walk([]);
  return paths;
}
