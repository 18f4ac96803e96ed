import { Ajv, type ErrorObject, type Options, type ValidateFunction } from "ajv";

import { findCustomizableCatalog } from "../catalogs.ts";
import { collectDefinitions } from "./definitions.ts";
import { collectTypes, restrictToTypes } from "./named-types.ts";
import { describeSchema, formatYamlValue, type JsonSchema } from "./json-schema.ts";
import { formatPath, isCustomType, isRecord, type Path } from "@nn/training";
import { findNode, findNearestNode, toData, type Located } from "../yaml/located.ts";
import {
  getMisplacedKeyAdvice,
  getAliasAdvice,
  getOtherKeyAdvice,
  getSuggestAdvice,
  removeModules,
  resolveKeyAlias,
  resolveMetricAlias,
} from "../errors/library-aliases.ts";
import type { Problem } from "../errors/problem.ts";
import { formatSuggestion, findNearestName } from "../errors/suggestion.ts";

/** A violation of the schema, without its position in the text. */
export interface SchemaError {
  readonly path: Path;
  /** The unknown key, for an error about an unknown key. Likewise, `missing` is the missing key. */
  readonly unknown?: string;
  readonly missing?: string;
  /** The known key that the user probably meant. */
  readonly meant?: string | undefined;
  /**
   * The usual folder for custom parts of the expected kind. Present only if a `type` is unknown and may also
   * be the path of a file.
   */
  readonly fileFolder?: string;
  readonly message: string;
  readonly expected?: string | undefined;
  readonly advice?: string | undefined;
  /** True if the advice is to put the value in quotes. The advice itself needs the text of the value. */
  readonly needsQuotes?: boolean;
}

/** Checks data against a schema and returns all errors; the list is empty if the data is valid. */
export type SchemaCheck = (data: unknown) => SchemaError[];

/**
 * Compiles a whole schema. Throws ajv's error if the schema is not valid, which only a custom part can cause.
 */
export function checkSchema(schema: JsonSchema): void {
  getValidator(collectDefinitions(schema), { meta: true, validateSchema: true });
}

function getValidator(schema: JsonSchema, options: Options = {}): ValidateFunction {
  return new Ajv({
    // Tests or checkSchema have already validated the schema. Another validation would take 50 ms.
    meta: false,
    validateSchema: false,
    ...options,
    allErrors: true,
    verbose: true,
    strict: false,
    ownProperties: true,
    // The code that ajv generates runs only a few times; optimizing it takes longer than that.
    code: { optimize: false },
  }).compile(schema);
}

/**
 * Creates a check of data against a schema. It compiles only the catalog entries that occur in the data,
 * because the catalogs have a hundred times as many. If later data contain other entries, it compiles again.
 */
export function createSchemaCheck(schema: JsonSchema): SchemaCheck {
  const whole = collectDefinitions(schema);
  const known = new Set<string>();
  let validate: ValidateFunction | undefined;
  return (data) => {
    const types = collectTypes(data);
    if (validate === undefined || !types.isSubsetOf(known)) {
      for (const type of types) known.add(type);
      validate = getValidator(restrictToTypes(whole, known));
    }
    return validate(data) ? [] : toSchemaErrors(validate.errors ?? [], data);
  };
}

/**
 * Adds the position in the text to an error. This is the position of the unknown key, of the invalid value,
 * or of the block that lacks a key.
 */
export function locateSchemaError(schemaError: SchemaError, root: Located): Problem {
  const { expected } = schemaError;
  const { key, value } = findNearestNode(root, schemaError.path);
  const advice =
    schemaError.needsQuotes === true ? `Put it in quotes: "${getWrittenText(value)}".` : schemaError.advice;
  let place = value.span;
  if (schemaError.unknown !== undefined)
    place = findNode(root, [...schemaError.path, schemaError.unknown])?.key ?? key;
  else if (schemaError.missing !== undefined || value.kind !== "scalar") place = key;
  return { place, message: useWrittenNumber(schemaError.message, value), expected, advice };
}

/** Replaces a rounded number at the end of a message by the number in the file. */
function useWrittenNumber(message: string, node: Located): string {
  const value = node.kind === "scalar" ? node.value : undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) return message;
  const end = ` cannot be ${formatYamlValue(value)}`;
  return message.endsWith(end)
    ? `${message.slice(0, -end.length)} cannot be ${getWrittenText(node)}`
    : message;
}

/** Returns a number or boolean as it was written, such as 0123. In a sweep or an alias, returns its value. */
function getWrittenText(node: Located): string {
  const text = node.span.source.text.slice(node.span.start, node.span.end);
  return /^[\w.+-]+$/.test(text) ? text : String(toData(node));
}

function toSchemaErrors(errors: readonly ErrorObject[], data: unknown): SchemaError[] {
  // All errors inside the branches of an anyOf are a single mistake: no branch is valid.
  const unions = errors
    .filter(({ keyword }) => keyword === "anyOf")
    .map(({ schemaPath }) => `${schemaPath}/`);
  const schemaErrors: SchemaError[] = [];
  const reported = new Set<string>();
  for (const error of errors) {
    if (error.keyword === "if" || unions.some((union) => error.schemaPath.startsWith(union))) continue;
    const schemaError = toSchemaError(error, data);
    // Report one mistake per value: for 0.5, only that it is not an integer, and not also that it is below 1.
    const key = JSON.stringify([schemaError.path, schemaError.unknown, schemaError.missing]);
    if (!reported.has(key)) schemaErrors.push(schemaError);
    reported.add(key);
  }
  // If learningrate was meant as learningRate, the missing learningRate is not a second mistake.
  return schemaErrors.filter(
    ({ path, missing }) =>
      missing === undefined ||
      !schemaErrors.some(
        ({ path: other, meant }) => meant === missing && formatPath(other) === formatPath(path),
      ),
  );
}

function toSchemaError(error: ErrorObject, data: unknown): SchemaError {
  // With `verbose`, ajv passes the schema of the keyword, a part of the schema it was given.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const schema = error.parentSchema as JsonSchema;
  const path = toPath(error.instancePath, data);
  const value: unknown = error.data;

  if (error.keyword === "additionalProperties") {
    const unknown = String(error.params["additionalProperty"]);
    const keys = Object.keys(schema.properties ?? {}).filter((key) => key !== "type");
    return {
      path,
      unknown,
      meant: findNearestName(resolveKeyAlias(unknown), keys),
      message: `unknown key "${unknown}"${describeBlock(path, value)}`,
      expected: keys.length === 0 ? "no options here" : `one of: ${keys.join(", ")}`,
      advice: adviceForKey(unknown, keys, path),
    };
  }
  // An entry with a merge key lacks its `type` only because merge keys are not supported.
  if (error.keyword === "required" && isRecord(value) && Object.hasOwn(value, "<<")) {
    return {
      path,
      unknown: "<<",
      message: `unknown key "<<"${describeBlock(path, value)}`,
      advice: adviceForKey("<<", [], path),
    };
  }
  if (error.keyword === "required") {
    const missing = String(error.params["missingProperty"]);
    const wanted = schema.properties?.[missing] ?? {};
    const valueSchema = missing === "type" ? getTypeSchema(wanted) : wanted;
    return {
      path,
      missing,
      message: `the key "${missing}" is missing${describeBlock(path, value)}`,
      expected: `${missing}: ${describeExpected(valueSchema, [...path, missing])}`,
      advice:
        missing === "type"
          ? ((isRecord(value) ? getSuggestAdvice(value) : undefined) ?? "Add it.")
          : ["Add it.", getFirstSentence(wanted)].join(" ").trim(),
    };
  }
  if (path.at(-1) === "type" && schema.title !== undefined && typeof value === "string") {
    const names = listEnumNames(getTypeSchema(schema));
    const folder = schema.anyOf === undefined ? undefined : findCustomizableCatalog(schema.title);
    const canBeCustom = folder !== undefined;
    const orFile = canBeCustom ? `, or the path of a file such as ./${folder}/mine.ts` : "";
    return {
      path,
      ...(canBeCustom && { fileFolder: folder }),
      message: `there is no ${schema.title} "${value}"`,
      expected: `one of: ${names.join(", ")}${orFile}`,
      advice:
        canBeCustom && /\.[cm]?[jt]s$/.test(value)
          ? `did you mean "./${value}"?`
          : (getAliasAdvice(schema.title, value) ?? formatSuggestion(removeModules(value), names)),
    };
  }
  if (error.keyword === "maxLength" && typeof value === "string") {
    return {
      path,
      message: `${formatPath(path)} cannot have ${value.length} characters`,
      expected: `at most ${error.params["limit"]} characters`,
      advice: "Make it shorter.",
    };
  }
  return {
    path,
    message: `${formatPath(path) || "the experiment"} cannot be ${describeKind(value)}`,
    expected: describeExpected(schema, path, value),
    advice: getValueAdvice(value, schema, path),
    needsQuotes: needsQuotes(value, schema, path),
  };
}

function describeExpected(schema: JsonSchema, path: Path, value?: unknown): string {
  if (path.at(-1) === "name" && schema.pattern !== undefined && path.length === 1) {
    if (value === "latest" || value === "journal.jsonl")
      return `another name: runs use "${value}" in the results folder`;
    return (
      "lowercase letters, digits, dots, dashes and underscores, starting with a letter or digit, such as " +
      "mnist-mlp"
    );
  }
  if (schema.title === "domain")
    return "a list of values, or a range such as { type: float, min: 0, max: 1 }";
  if (schema.enum === undefined && schema.anyOf === undefined && schema.minItems !== undefined) {
    return `a list with at least ${schema.minItems} ${schema.minItems === 1 ? "entry" : "entries"}`;
  }
  if (schema.type === "object" && schema.allOf !== undefined) return 'a block with a "type"';
  return describeSchema(schema);
}

function adviceForKey(unknown: string, keys: readonly string[], path: Path): string | undefined {
  if (unknown === "<<") return 'Merge keys are not part of YAML 1.2: use "extends", or write out the keys.';
  return (
    getOtherKeyAdvice(unknown, keys) ??
    formatSuggestion(resolveKeyAlias(unknown), keys) ??
    getMisplacedKeyAdvice(unknown, path) ??
    (keys.length === 0 ? "Remove it." : undefined)
  );
}

function getValueAdvice(value: unknown, schema: JsonSchema, path: Path): string | undefined {
  if (typeof value === "string") {
    if (path.at(-1) === "metric" && value.startsWith("test.")) {
      return (
        "The test set is never used for model selection: rank by a validation metric, and report the test " +
        "metrics at the end."
      );
    }
    const options = listEnumNames(schema);
    const metric = path.at(-1) === "metric" ? resolveMetricAlias(value) : undefined;
    const option = options.find((each) => each === metric || metric?.endsWith(`.${each}`) === true);
    if (option !== undefined) return `did you mean "${option}"?`;
    const near = formatSuggestion(value, options) ?? partOf(value, options);
    if (near !== undefined) return near;
    if (schema.title === "domain" && value !== "") return `Make it a list: [${value}].`;
    if (schema.allOf !== undefined && value !== "") return getBlockAdvice(value, schema);
    const types = new Set([schema, ...(schema.anyOf ?? [])].map((each) => each.type));
    const number =
      types.has("number") || types.has("integer") ? getNumberAdvice(value, !types.has("number")) : undefined;
    if (number !== undefined) return number;
    if (types.has("boolean") && /^(?:true|false)$/i.test(value)) return "Remove the quotes.";
    if (types.has("boolean") && /^(yes|on|y)$/i.test(value)) return "Write true.";
    if (types.has("boolean") && /^(no|off|n)$/i.test(value)) return "Write false.";
  }
  if (schema.title === "domain" && ["number", "boolean"].includes(typeof value)) {
    return `Make it a list: [${String(value)}].`;
  }
  if (isConstraint(path)) return 'Write a comparison, such as "model.parameters <= 50000".';
  if (schema.type === "array" && value === null && schema.minItems === undefined) return "Write [] for none.";
  if (schema.type === "array" && isRecord(value)) return 'Begin each entry with "- ".';
  const item = schema.items?.type === "integer" ? "number" : schema.items?.type;
  const isEmpty = value === "" || value === null || Array.isArray(value);
  if (schema.type === "array" && !isEmpty && typeof value === item) {
    return `Make it a list: [${JSON.stringify(value)}].`;
  }
  return getFirstSentence(schema);
}

/** Returns advice about a name in place of a block with this `type`. */
function getBlockAdvice(name: string, { properties = {} }: JsonSchema): string {
  const { type = {} } = properties;
  const names = listEnumNames(getTypeSchema(type));
  const alias = getAliasAdvice(type.title ?? "", name);
  const [, called] = /^Here it is called "([^"]+)"\.$/.exec(alias ?? "") ?? [];
  if (alias !== undefined && called === undefined) return alias;
  const isFile = isCustomType(name);
  const meant = called ?? (isFile || names.length === 0 ? name : findNearestName(removeModules(name), names));
  return meant === undefined
    ? `Write a block, { type: … }, with one of these types: ${names.join(", ")}.`
    : `did you mean { type: ${formatYamlValue(meant)} }?`;
}

/**
 * Returns advice about a string in place of a number; undefined if the string does not represent a number.
 */
function getNumberAdvice(text: string, isInteger: boolean): string | undefined {
  const plain = text.trim().replaceAll("_", "");
  // Without quotes, YAML 1.2 reads these as numbers, but not 0b11 or 1_000 (core schema, 10.3.2).
  if (/^[+-]?(?:\.\d+|\d+\.?\d*)(?:e[+-]?\d+)?$|^0x[\da-f]+$|^0o[0-7]+$/i.test(text.trim()))
    return "Remove the quotes.";
  if (isInteger && /^[+-]?[1-9]\d{0,2}(?:,\d{3})+$/.test(plain))
    return `Write it without commas: ${plain.replaceAll(",", "")}.`;
  if (/^[+-]?\d+,\d+$/.test(plain)) return `Write it with a point: ${plain.replace(",", ".")}.`;
  const number = Number(plain);
  return plain !== "" && Number.isFinite(number) ? `Write ${number}.` : undefined;
}

/** Returns whether a number or boolean should be a string, such as the same value in quotes. */
function needsQuotes(value: unknown, schema: JsonSchema, path: Path): boolean {
  return schema.type === "string" && ["number", "boolean"].includes(typeof value) && !isConstraint(path);
}

function isConstraint(path: Path): boolean {
  return path.at(-2) === "constraints";
}

/**
 * Suggests an option that begins or ends with the value: `max` of maximize, `accuracy` of
 * validation.accuracy.
 */
function partOf(value: string, options: readonly string[]): string | undefined {
  const whole = options.find(
    (each) => value.length > 2 && (each.startsWith(value) || each.endsWith(`.${value}`)),
  );
  return whole === undefined ? undefined : `did you mean "${whole}"?`;
}

function getFirstSentence({ description = "" }: JsonSchema): string | undefined {
  return description.split(/(?<=\.) (?=[A-Z"])|\n/, 1).join("") || undefined;
}

/** Returns ` in optimizer (sgd)`, or an empty string for the top level. */
function describeBlock(path: Path, value: unknown): string {
  if (path.length === 0) return "";
  const type = isRecord(value) && typeof value["type"] === "string" ? ` (${value["type"]})` : "";
  return ` in ${formatPath(path)}${type}`;
}

function describeKind(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (!isRecord(value)) return formatYamlValue(value);
  return Object.keys(value).length === 0 ? "an empty block" : "a block";
}

function getTypeSchema(schema: JsonSchema): JsonSchema {
  return schema.anyOf?.find((each) => each.enum !== undefined) ?? schema;
}

/** Returns the allowed strings of a schema: the values of an enum, or the literals of a union. */
function listEnumNames(schema: JsonSchema): string[] {
  const values = schema.enum ?? schema.anyOf?.map((each) => each.const) ?? [];
  return values.filter((each) => typeof each === "string");
}

/** Converts ajv's JSON pointer to a path. A number is an index only if the data has a list there. */
function toPath(pointer: string, data: unknown): Path {
  const path: (string | number)[] = [];
  let at = data;
  for (const token of pointer.split("/").slice(1)) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(at)) {
      path.push(Number(key));
      at = at[Number(key)];
    } else {
      path.push(key);
      at = isRecord(at) ? at[key] : undefined;
    }
  }
  return path;
}
