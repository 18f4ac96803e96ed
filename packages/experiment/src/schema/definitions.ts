import { type JsonSchema } from "./json-schema.ts";
import { isRecord } from "@nn/training";

/**
 * Converts a schema to the form that ajv and editors expect. Each part with a `definition` name is moved to
 * `definitions`, and its uses become references. With this, layers can contain layers.
 */
export function collectDefinitions(schema: JsonSchema): JsonSchema {
  const definitions: Record<string, unknown> = {};
  const entries = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(value).map(([key, each]) => [key, refer(each)]));
  const refer = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(refer);
    if (!isRecord(value)) return value;
    // The keyword `catalog` is for internal use only, so it is removed. A property of this name is kept.
    const { catalog, ...withoutCatalog } = value;
    const { definition, ...rest } = typeof catalog === "string" ? withoutCatalog : value;
    if (typeof definition !== "string") return entries(typeof catalog === "string" ? withoutCatalog : value);
    if (!Object.hasOwn(definitions, definition)) {
      definitions[definition] = {}; // Prevents another definition of the same part inside itself.
      definitions[definition] = entries(rest);
    }
    return { $ref: `#/definitions/${definition}` };
  };
  const whole = entries({ ...schema });
  return Object.keys(definitions).length === 0 ? whole : { ...whole, definitions };
}
