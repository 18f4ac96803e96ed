import { isRecord } from "@nn/training";
import type { TSchema } from "typebox";

/** The part of JSON Schema (draft 7) that describes experiments. */
export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  /** Our extension: whether the string is the path of a file or folder. See dataset-info.ts. */
  readonly path?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly definitions?: Readonly<Record<string, unknown>>;
  /** Our extension: the value is an entry of this catalog. See `partSchema`. */
  readonly catalog?: string;
  /** Our extension: the name of this schema's definition. See definitions.ts. */
  readonly definition?: string;
}

/** Returns a schema with `if`, `then` and `else`. */
export function createConditional(
  condition: JsonSchema,
  holds: JsonSchema,
  otherwise?: JsonSchema,
): JsonSchema {
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema; schemas are never awaited
  return { if: condition, then: holds, ...(otherwise !== undefined && { else: otherwise }) };
}

/**
 * Returns a TypeBox schema as JSON Schema. A TypeBox schema is a JSON Schema with extra keys that do not
 * appear in JSON, but its static type differs.
 */
export function toPlainSchema(schema: TSchema): JsonSchema {
  return schema;
}

/**
 * Returns the schema of an object whose `type` selects the branch that applies, so that errors concern only
 * this branch.
 */
export function byType(type: JsonSchema, branches: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  return {
    type: "object",
    properties: { type },
    required: ["type"],
    additionalProperties: true, // Each branch itself forbids additional properties.
    allOf: branches.map(([name, branch]) =>
      createConditional(
        { type: "object", properties: { type: { const: name } }, required: ["type"] },
        branch,
      ),
    ),
  };
}

/** Returns the branch for a `type` in a union that `type` discriminates; undefined if there is none. */
export function findBranch(schema: JsonSchema, type: unknown): JsonSchema | undefined {
  const branch = schema.allOf?.find((each) => each.if?.properties?.["type"]?.const === type);
  return branch?.then;
}

/**
 * Returns the schema that applies to a value. For a union that `type` discriminates, this is the branch of
 * the value's `type`.
 */
export function selectSchema(schema: JsonSchema, value: unknown): JsonSchema {
  return isRecord(value) ? (findBranch(schema, value["type"]) ?? schema) : schema;
}

/**
 * Converts the schema of a complete value to the schema of a value in a file. In a file, keys with a default
 * are optional, and unknown keys are not allowed.
 */
export function makeDefaultsOptional(schema: JsonSchema): JsonSchema {
  const { properties, items, anyOf } = schema;
  return {
    ...schema,
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, each]) => [key, makeDefaultsOptional(each)]),
      ),
      required: (schema.required ?? []).filter((key) => properties[key]?.default === undefined),
      additionalProperties: schema.additionalProperties ?? false,
    }),
    ...(items !== undefined && { items: makeDefaultsOptional(items) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(makeDefaultsOptional) }),
  };
}

/**
 * Returns the value with all defaults filled in and keys in the order of the schema. Invalid values stay
 * unchanged.
 */
export function fillDefaults(schema: JsonSchema, value: unknown): unknown {
  if (value === undefined) {
    return schema.default === undefined ? undefined : fillDefaults(schema, structuredClone(schema.default));
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item: unknown) => fillDefaults(items, item));
  }
  if (!isRecord(value)) return value;

  const { properties = {} } = selectSchema(schema, value);
  const completed: [string, unknown][] = [];
  for (const [key, each] of Object.entries(properties)) {
    const filled = fillDefaults(each, Object.hasOwn(value, key) ? value[key] : undefined);
    if (filled !== undefined) completed.push([key, filled]);
  }
  for (const [key, each] of Object.entries(value)) {
    if (!Object.hasOwn(properties, key)) completed.push([key, each]);
  }
  return Object.fromEntries(completed);
}

/** Describes a schema in words that fit after "expected", such as `a whole number of at least 1`. */
export function describeSchema(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(describeSchema).join(", or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return `one of: ${schema.enum.map((each) => formatYamlValue(each)).join(", ")}`;
  switch (schema.type) {
    case "integer":
      return `a whole number${describeBounds(schema)}`;
    case "number":
      return `a number${describeBounds(schema)}`;
    case "boolean":
      return "true or false";
    case "string":
      if (schema.path === true) return "a path";
      return schema.pattern === undefined ? "text" : `text that matches ${schema.pattern}`;
    case "array":
      return schema.items === undefined ? "a list" : `a list; each entry ${describeSchema(schema.items)}`;
    case "null":
      return "null";
    case "object": {
      const type = schema.properties?.["type"];
      if (type !== undefined) return `a block with a "type"`;
      return `a block with ${Object.keys(schema.properties ?? {}).join(", ") || "its own keys"}`;
    }
    default:
      return schema.description ?? "another value";
  }
}

function describeBounds({
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
  multipleOf,
}: JsonSchema): string {
  const parts: string[] = [];
  if (minimum !== undefined && maximum !== undefined) parts.push(`from ${minimum} to ${maximum}`);
  else if (minimum !== undefined) parts.push(`of at least ${minimum}`);
  else if (maximum !== undefined) parts.push(`of at most ${maximum}`);
  if (exclusiveMinimum !== undefined) parts.push(`above ${exclusiveMinimum}`);
  if (exclusiveMaximum !== undefined) parts.push(`below ${exclusiveMaximum}`);
  if (multipleOf !== undefined) parts.push(`that is a multiple of ${multipleOf}`);
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

/** Formats a value as YAML, cut to 58 characters if it is longer than 60. */
export function formatYamlValue(value: unknown): string {
  const text = toYaml(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function toYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toYaml).join(", ")}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([key, each]) => `${key}: ${toYaml(each)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  }
  const isPlain = typeof value === "string" && /^[a-z][\w.-]*$/i.test(value) && !isSpecialInYaml(value);
  return isPlain ? value : JSON.stringify(value);
}

/** Returns whether YAML 1.2 parses an unquoted word as a boolean or as null (core schema, 10.3.2). */
function isSpecialInYaml(word: string): boolean {
  return /^(?:true|True|TRUE|false|False|FALSE|null|Null|NULL)$/.test(word);
}
