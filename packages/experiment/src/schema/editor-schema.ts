import { withDefinitions } from "./definitions.ts";
import { conditional, type JsonSchema } from "./json-schema.ts";
import { experimentSchema, type CatalogEntry } from "./schema.ts";

/** The key that is gone once files are composed: only who writes a file meets it. */
export const extendsSchema: JsonSchema = {
  type: "string",
  description:
    "Another experiment, by its path from this file: this one is put over it, block by block. Its description is not taken over.",
};

/**
 * The schema file that editors complete and check experiments with, as text. It is the one that `validate`
 * uses, except that a file with `extends` may leave out what its base has.
 */
export function editorSchema(customLayers?: ReadonlyMap<string, CatalogEntry>): string {
  const { properties = {}, required = [], ...rest } = experimentSchema(customLayers);
  const whole = { properties: { ...properties, extends: extendsSchema }, required };
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "An experiment of nn-from-scratch",
    ...rest,
    properties: { extends: extendsSchema },
    additionalProperties: true, // each of the two below closes itself
    ...conditional(
      { required: ["extends"] },
      { ...partial(whole), additionalProperties: false },
      { ...whole, additionalProperties: false },
    ),
  };
  return `${JSON.stringify(withDefinitions(schema), null, 2)}\n`;
}

/** The same schema with nothing required, except where a key decides between branches. */
function partial(schema: JsonSchema): JsonSchema {
  const { required: _required, properties, allOf, ...rest } = schema;
  return {
    ...rest,
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, partial(each)])),
    }),
    ...(allOf !== undefined && {
      allOf: allOf.map((each) => conditional(each.if ?? {}, partial(each.then ?? {}))),
    }),
  };
}
