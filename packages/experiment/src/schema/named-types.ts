import { type JsonSchema } from "./json-schema.ts";
import { isRecord } from "@nn/training";

/** Returns all strings under keys named "type", at any depth. */
export function collectTypes(data: unknown): Set<string> {
  const types = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isRecord(value)) return;
    for (const [key, each] of Object.entries(value)) {
      if (key === "type" && typeof each === "string") types.add(each);
      visit(each);
    }
  };
  visit(data);
  return types;
}

/**
 * Returns a smaller schema that is equivalent for data with only these types. Each union that `type`
 * discriminates keeps only the entries for these types. A union without any of them keeps its first entry,
 * because error messages depend on the union.
 */
export function restrictToTypes(schema: JsonSchema, types: ReadonlySet<string>): JsonSchema {
  const keep = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(keep);
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        keep(key === "allOf" && Array.isArray(each) ? namedOf(each, types) : each),
      ]),
    );
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the given schema with fewer branches
  return keep(schema) as JsonSchema;
}

function namedOf(branches: readonly JsonSchema[], types: ReadonlySet<string>): readonly JsonSchema[] {
  const named = branches.filter((branch) => {
    const type = branch.if?.properties?.["type"]?.const;
    return typeof type !== "string" || types.has(type);
  });
  return named.length > 0 ? named : branches.slice(0, 1);
}
