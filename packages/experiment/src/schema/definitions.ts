import { type JsonSchema } from "./json-schema.ts";
import { isRecord } from "@nn/training";

/**
 * The schema as ajv and editors take it: what has a `definition` name stands once, under `definitions`, and
 * is referred to where it is held. That is how layers may hold layers.
 */
export function withDefinitions(schema: JsonSchema): JsonSchema {
  const definitions: Record<string, unknown> = {};
  const entries = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(value).map(([key, each]) => [key, refer(each)]));
  const refer = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(refer);
    if (!isRecord(value)) return value;
    // Which catalog an entry is of is for us alone; a property may have that name.
    const { catalog, ...told } = value;
    const { definition, ...rest } = typeof catalog === "string" ? told : value;
    if (typeof definition !== "string") return entries(typeof catalog === "string" ? told : value);
    if (!Object.hasOwn(definitions, definition)) {
      definitions[definition] = {}; // so that it is not described again inside itself
      definitions[definition] = entries(rest);
    }
    return { $ref: `#/definitions/${definition}` };
  };
  const whole = entries({ ...schema });
  return Object.keys(definitions).length === 0 ? whole : { ...whole, definitions };
}
