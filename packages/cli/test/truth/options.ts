import { readFileSync } from "node:fs";

import { createExperimentSchema, collectDefinitions } from "@nn/experiment";
import { parse } from "yaml";

import type { TinyRun } from "./run-tiny.ts";

/** The part of JSON Schema that the experiment schema uses. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly then?: Schema;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly additionalProperties?: boolean | Schema;
  readonly $ref?: string;
}

// Converted to JSON, which removes the extra properties of TypeBox.
const root: Schema & { readonly definitions: Readonly<Record<string, Schema>> } = JSON.parse(
  JSON.stringify(collectDefinitions(createExperimentSchema())),
);

/**
 * Receives options by name, such as `optimizer<adam>.beta1` or `model.layers<dense>.regularizer.l1`. Items of
 * a list have the name of the list.
 */
interface Visitor {
  /** `schema` is the schema of the option, and `value` its value in the data. */
  option(name: string, schema: Schema, value: unknown): void;
}

/** Returns the names of all options in the schema. */
export function listSchemaOptions(): Set<string> {
  const options = new Set<string>();
  walk(root, "", undefined, {
    option: (name) => options.add(name),
  });
  return options;
}

/**
 * Returns the names of the options that have a value other than their default in a trial or in a file. The
 * type of a catalog entry counts as an option.
 */
export function listUsedOptions(runs: readonly TinyRun[], files: readonly string[]): Set<string> {
  const used = new Set<string>();
  const visitor: Visitor = {
    option(name, schema, value) {
      const isDefault = JSON.stringify(value) === JSON.stringify(schema.default);
      if (value !== undefined && !isDefault) used.add(name);
    },
  };
  const specs = runs.flatMap(({ completed, experiment }) => [
    ...completed.map(({ spec }): unknown => spec),
    experiment.resolved,
  ]);
  for (const file of files) specs.push(parse(readFileSync(file, "utf8")));
  for (const spec of specs) walk(root, "", spec, visitor);
  return used;
}

/** Visits the options of the schema and, if there are data, their values. */
function walk(schema: Schema, name: string, data: unknown, visitor: Visitor): void {
  if (schema.$ref !== undefined) {
    // A nested layer has the same options as any layer.
    const definition = schema.$ref.split("/").at(-1) ?? "";
    if (data === undefined && name !== "model.layers") return;
    const place = definition === "layer" ? "model.layers" : name;
    return walk(root.definitions[definition] ?? {}, place, data, visitor);
  }
  for (const [key, option] of Object.entries(schema.properties ?? {})) {
    if (key === "type") continue;
    const path = name === "" ? key : `${name}.${key}`;
    const value = isRecord(data) ? data[key] : undefined;
    if (data !== undefined && value === undefined) continue;
    const place = /initializer$/i.test(key) ? "model.initializer" : path;
    visitor.option(path, option, value);
    walk(option, key === "augment" ? "augment" : place, value, visitor);
  }
  for (const item of schema.items === undefined ? [] : data === undefined ? [undefined] : listOf(data)) {
    walk(schema.items ?? {}, name, item, visitor);
  }
  for (const each of schema.anyOf ?? []) walk(each, name, data, visitor);
  // A block with a type has one branch per type.
  for (const branch of schema.allOf ?? []) {
    const type = branch.then?.properties?.["type"]?.const;
    if (typeof type !== "string" || (data !== undefined && !(isRecord(data) && data["type"] === type)))
      continue;
    visitor.option(`${name}<${type}>`, {}, data);
    walk(branch.then ?? {}, `${name}<${type}>`, data, visitor);
  }
  // Swept parameters can have any path.
  if (typeof schema.additionalProperties === "object") {
    const values = isRecord(data) ? Object.values(data) : [undefined];
    for (const value of values) walk(schema.additionalProperties, name, value, visitor);
  }
}

function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
