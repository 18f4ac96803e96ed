import { complete, isRecord, schemaFor, type JsonSchema } from "./json-schema.ts";
import type { Path } from "./located.ts";
import { formatPath } from "./path.ts";

/** The parts of an experiment that make a trial: what a sweep may reach into. */
export const TRIAL_PARTS = ["dataset", "model", "loss", "optimizer", "training"] as const;

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

/** What may follow a path: the keys of a block or the entries of a list; undefined when there is nothing at the path. */
export function stepsBelow(body: Body, path: Path): (string | number)[] | undefined {
  let { schema, completed: value }: { schema: JsonSchema | undefined; completed: unknown } = body;
  for (const step of path) {
    const isThere = stepsOf(schema, value).includes(step);
    if (!isThere) return undefined;
    schema = typeof step === "number" ? schema?.items : schemaFor(schema ?? {}, value).properties?.[step];
    value = stepInto(value, step);
  }
  return stepsOf(schema, value);
}

function stepsOf(schema: JsonSchema | undefined, value: unknown): (string | number)[] {
  if (Array.isArray(value)) return [...value.keys()];
  if (!isRecord(value)) return [];
  // An option without a default is not in the value, and can be swept all the same.
  return [
    ...new Set([...Object.keys(schemaFor(schema ?? {}, value).properties ?? {}), ...Object.keys(value)]),
  ];
}

/** Every path that a sweep may name. */
export function sweepablePaths(body: Body): string[] {
  const paths: string[] = [];
  const walk = (path: Path): void => {
    const steps = stepsBelow(body, path) ?? [];
    if (path.length > 0) paths.push(formatPath(path));
    for (const step of path.length === 0 ? TRIAL_PARTS : steps) walk([...path, step]);
  };
  walk([]);
  return paths;
}
