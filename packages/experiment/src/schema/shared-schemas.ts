import { isRecord } from "@nn/training";

import type { JsonSchema } from "./json-schema.ts";

/** Minimum length of a shared part in characters. A reference takes about as many characters. */
const MIN_SHARED_LENGTH = 80;

/**
 * Moves each part that occurs more than once to `definitions` and refers to it there. The argument is a
 * result of `collectDefinitions`. A definition is named after the key of the part's first occurrence.
 */
export function extractSharedSchemas(schema: JsonSchema): JsonSchema {
  const { definitions: own = {}, ...rest } = schema;
  const counts = countParts(schema);
  const definitions: Record<string, unknown> = {};
  const names = new Map<string, string>();
  const nameFor = (key: string): string => {
    for (let number = 1; ; number++) {
      const name = number === 1 ? key : `${key}${number}`;
      if (!Object.hasOwn(own, name) && !Object.hasOwn(definitions, name)) return name;
    }
  };
  const share = (part: unknown, key: string): unknown => {
    if (!isRecord(part)) return part;
    const text = JSON.stringify(part);
    if (text.length < MIN_SHARED_LENGTH || (counts.get(text) ?? 0) < 2)
      return mapParts(part, (each, at) => share(each, at ?? key));
    let name = names.get(text);
    if (name === undefined) {
      name = nameFor(key);
      names.set(text, name);
      definitions[name] = {}; // Reserves the name while the parts of this part are shared.
      definitions[name] = mapParts(part, (each, at) => share(each, at ?? name!));
    }
    return { $ref: `#/definitions/${name}` };
  };
  const whole = mapParts(rest, (each, at) => share(each, at ?? "schema"));
  const named = Object.entries(own).map(([name, each]) => [
    name,
    isRecord(each) ? mapParts(each, (part, at) => share(part, at ?? name)) : each,
  ]);
  return { ...whole, definitions: { ...Object.fromEntries(named), ...definitions } };
}

/**
 * Counts the occurrences of each part in a schema, keyed by its JSON. If a part repeats, the parts inside it
 * are counted only once.
 */
function countParts(schema: JsonSchema): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (part: unknown): unknown => {
    if (!isRecord(part)) return part;
    const text = JSON.stringify(part);
    const before = counts.get(text) ?? 0;
    counts.set(text, before + 1);
    if (before === 0) mapParts(part, count);
    return part;
  };
  count(schema);
  return counts;
}

/**
 * Replaces the direct parts of a schema. `at` is the key of a property or the `type` that decides a branch.
 */
function mapParts(
  schema: Readonly<Record<string, unknown>>,
  replace: (part: unknown, at: string | undefined) => unknown,
): Readonly<Record<string, unknown>> {
  const decided = getTypeConstant(schema["if"]);
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]): [string, unknown] => {
      if ((keyword === "properties" || keyword === "definitions") && isRecord(value))
        return [
          keyword,
          Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replace(each, key)])),
        ];
      if ((keyword === "allOf" || keyword === "anyOf") && Array.isArray(value))
        return [keyword, value.map((each) => replace(each, undefined))];
      if (["then", "else"].includes(keyword)) return [keyword, replace(value, decided)];
      if (["items", "additionalProperties"].includes(keyword)) return [keyword, replace(value, undefined)];
      return [keyword, value];
    }),
  );
}

function getTypeConstant(condition: unknown): string | undefined {
  const type =
    isRecord(condition) && isRecord(condition["properties"]) ? condition["properties"]["type"] : undefined;
  return isRecord(type) && typeof type["const"] === "string" ? type["const"] : undefined;
}
