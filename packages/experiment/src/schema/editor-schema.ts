import { collectDefinitions } from "./definitions.ts";
import { createConditional, type JsonSchema } from "./json-schema.ts";
import { extractSharedSchemas } from "./shared-schemas.ts";
import type { Catalogs } from "../catalogs.ts";
import { createExperimentSchema } from "./schema.ts";

/** The schema of `extends`. This key exists only in files: it is removed when files are composed. */
export const extendsSchema: JsonSchema = {
  type: "string",
  description:
    "Path of a base experiment, relative to this file. This file's values replace those of the base, " +
    "block by block. The description is not inherited.",
};

/**
 * Returns the text of the schema file with which editors complete and check experiments. It is the schema
 * that `validate` uses, except that a file with `extends` may leave out keys of its base.
 *
 * Editors read the file whenever they open an experiment. To keep it short, a part that occurs more than once
 * is a definition, and each definition is one line.
 */
export function createEditorSchema(catalogs?: Catalogs): string {
  const { properties = {}, required = [], ...rest } = createExperimentSchema(catalogs);
  const whole = { properties: { extends: extendsSchema, ...properties }, required };
  const schema = extractSharedSchemas(
    collectDefinitions({
      title: "An experiment of nn-from-scratch",
      ...rest,
      ...makeKeysOptional(whole),
      additionalProperties: false,
      ...createConditional({ required: ["extends"] }, {}, requirements(whole)),
    }),
  );
  const lines = (object: object): string =>
    Object.entries(object)
      .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(",\n");
  const { definitions = {}, ...others } = schema;
  return (
    `{\n"$schema": "http://json-schema.org/draft-07/schema#",\n${lines(others)},\n"definitions": ` +
    `{\n${lines(definitions)}\n}\n}\n`
  );
}

/**
 * Returns the schema without required keys. Keys are still required in the conditions of branches and in the
 * entries of lists, because a list replaces the list of the base.
 */
function makeKeysOptional(schema: JsonSchema): JsonSchema {
  const { required: _required, properties, allOf, ...rest } = schema;
  return {
    ...rest,
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, each]) => [key, makeKeysOptional(each)]),
      ),
    }),
    ...(allOf !== undefined && {
      allOf: allOf.map((each) => createConditional(each.if ?? {}, makeKeysOptional(each.then ?? {}))),
    }),
  };
}

/** Returns only the requirements that `partial` removes. */
function requirements({ required = [], properties = {}, allOf = [] }: JsonSchema): JsonSchema {
  const below = Object.entries(properties)
    .map(([key, each]) => [key, requirements(each)] as const)
    .filter(([, each]) => Object.keys(each).length > 0);
  const branches = allOf
    .map((each) => createConditional(each.if ?? {}, requirements(each.then ?? {})))
    .filter(({ then = {} }) => Object.keys(then).length > 0);
  return {
    ...(required.length > 0 && { required }),
    ...(below.length > 0 && { properties: Object.fromEntries(below) }),
    ...(branches.length > 0 && { allOf: branches }),
  };
}
