import { domainDescription, listSchema, typedSchemas } from "@nn/sweep";

import {
  byType,
  createConditional,
  makeDefaultsOptional,
  toPlainSchema,
  type JsonSchema,
} from "./json-schema.ts";

/** Returns the schema of a domain: a list of values, or a range, bool or choice by its `type`. */
export function createDomainSchema(): JsonSchema {
  return {
    title: "domain",
    description: domainDescription,
    ...createConditional({ type: "array" }, allowDomains(makeDefaultsOptional(toPlainSchema(listSchema))), {
      title: "domain",
      ...createTypedDomainSchema(),
    }),
  };
}

function createTypedDomainSchema(): JsonSchema {
  const types = Object.entries(typedSchemas).map(([type, schema]) => {
    const { properties = {}, ...rest } = makeDefaultsOptional(toPlainSchema(schema));
    const { values } = properties;
    const own = values === undefined ? properties : { ...properties, values: allowDomains(values) };
    return [type, { ...rest, properties: own }] as const;
  });
  return byType({ title: "range", enum: types.map(([type]) => type) }, types);
}

/** Allows domains inside the options of a list, at any depth. */
function allowDomains(list: JsonSchema): JsonSchema {
  return { ...list, allOf: [{ items: partOfOption }] };
}

/**
 * The schema of a part of a listed value. A block with the `type` of a domain is a domain. Any other value is
 * used unchanged in a trial. The schema is recursive, so it is stored under `definitions` and referenced by
 * name (see definitions.ts).
 */
const partOfOption: JsonSchema = {
  definition: "partOfOption",
  get allOf() {
    const isTyped = { properties: { type: { enum: Object.keys(typedSchemas) } }, required: ["type"] };
    return [
      createConditional({ type: "array" }, { items: partOfOption }),
      createConditional({ type: "object", ...isTyped }, createTypedDomainSchema(), {
        additionalProperties: partOfOption,
      }),
    ];
  },
};
