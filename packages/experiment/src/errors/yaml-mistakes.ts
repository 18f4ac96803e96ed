import { existsSync } from "@nn/platform/files";
import { join } from "@nn/platform/path";

import { selectSchema, type JsonSchema } from "../schema/json-schema.ts";
import { findNode, toData, type Located } from "../yaml/located.ts";
import { formatPath, type Path } from "@nn/training";
import type { SchemaError } from "../schema/schema-problems.ts";

/** A common mistake in YAML that explains one or more schema errors. */
interface CommonMistake {
  readonly error: SchemaError;
  explains(other: SchemaError): boolean;
}

/** Replaces schema errors by the common YAML mistakes that cause them. */
export function explainCommonMistakes(
  errors: readonly SchemaError[],
  root: Located,
  schema: JsonSchema,
): SchemaError[] {
  const mistakes = errors
    .map(
      (error) =>
        explainMissingSpace(error, root) ??
        explainDecimalComma(error, root) ??
        explainMissingIndent(error, root, schema) ??
        explainCustomPartWithoutPath(error, root),
    )
    .filter((mistake) => mistake !== undefined);
  const others = errors.filter((error) => !mistakes.some((mistake) => mistake.explains(error)));
  return [...others, ...mistakes.map(({ error }) => error)];
}

/** Recognizes a missing space after a colon: in `{ type:dense }`, YAML reads the whole text as one key. */
function explainMissingSpace(
  { path, unknown, missing }: SchemaError,
  root: Located,
): CommonMistake | undefined {
  const key = unknown ?? listKeysAt(root, path).find((each) => each.startsWith(`${missing}:`));
  const [, name, value] = /^([a-z]\w*):(\S.*)$/i.exec(key ?? "") ?? [];
  if (key === undefined || name === undefined || value === undefined) return undefined;
  return {
    error: {
      path,
      unknown: key,
      message: `"${key}" is one word in YAML: there is no space after the colon`,
      expected: `${name}: ${value}`,
      advice: "Put a space after the colon.",
    },
    explains: (other) => isAt(other, path) && (other.unknown === key || other.missing === name),
  };
}

/** Recognizes a decimal comma: YAML reads `{ learningRate: 0,001 }` as the value 0 and the key 001. */
function explainDecimalComma({ path, unknown }: SchemaError, root: Located): CommonMistake | undefined {
  if (unknown === undefined || !/^\d+(e[+-]?\d+)?$/i.test(unknown)) return undefined;
  const keys = listKeysAt(root, path);
  const before = keys[keys.indexOf(unknown) - 1];
  const value = before === undefined ? undefined : findNode(root, [...path, before])?.value;
  if (before === undefined || value?.kind !== "scalar" || !Number.isInteger(value.value)) return undefined;
  const here = [...path, before];
  return {
    error: {
      path: here,
      message: `${formatPath(here)} cannot be ${value.value},${unknown}: the comma ends the value`,
      expected: "a number with a decimal point",
      advice: `Write it with a point: ${value.value}.${unknown}.`,
    },
    explains: (other) => isAt(other, here) || (isAt(other, path) && other.unknown === unknown),
  };
}

/**
 * Recognizes missing indentation, such as `layers:` below `model:` instead of inside it. Then the block is
 * empty or lacks the key, and the key is at the top level.
 */
function explainMissingIndent(
  { path, unknown }: SchemaError,
  root: Located,
  schema: JsonSchema,
): CommonMistake | undefined {
  if (unknown === undefined || path.length > 0 || root.kind !== "map") return undefined;
  const keys = [...root.entries.keys()];
  const above = keys
    .slice(0, keys.indexOf(unknown))
    .findLast((key) => schema.properties?.[key] !== undefined);
  const block = above === undefined ? undefined : findNode(root, [above])?.value;
  if (above === undefined || block === undefined) return undefined;
  const lacksIt = block.kind === "map" ? !block.entries.has(unknown) : isEmpty(block);
  if (!lacksIt || !canHaveKey(schema.properties?.[above], block, unknown)) return undefined;
  return {
    error: {
      path,
      unknown,
      message: `"${unknown}" is below "${above}:", not in it`,
      expected: `"${unknown}:" further to the right than "${above}:"`,
      advice: "Put two spaces before it and before each line that belongs to it.",
    },
    explains: (other) =>
      (isAt(other, path) && other.unknown === unknown) ||
      (isAt(other, [above]) && (isEmpty(block) || other.missing === unknown)),
  };
}

/** Recognizes a custom part named without its path: `swish`, if ./layers/swish.ts exists. */
function explainCustomPartWithoutPath(error: SchemaError, root: Located): CommonMistake | undefined {
  const { fileFolder } = error;
  const value = fileFolder === undefined ? undefined : findNode(root, error.path)?.value;
  if (value?.kind !== "scalar" || typeof value.value !== "string" || !/^[\w-]+$/.test(value.value))
    return undefined;
  const { folder } = value.span.source;
  const file = [`./${fileFolder}/${value.value}.ts`, `./${value.value}.ts`].find((each) =>
    existsSync(join(folder, each)),
  );
  if (file === undefined) return undefined;
  return { error: { ...error, advice: `did you mean "${file}"?` }, explains: (other) => other === error };
}

function canHaveKey(schema: JsonSchema | undefined, block: Located, key: string): boolean {
  if (schema === undefined) return false;
  const own = selectSchema(schema, toData(block));
  const branches = [own, ...(own.allOf ?? []).map((each) => each.then)];
  return branches.some((each) => each?.properties !== undefined && Object.hasOwn(each.properties, key));
}

function listKeysAt(root: Located, path: Path): string[] {
  const block = findNode(root, path)?.value;
  return block?.kind === "map" ? [...block.entries.keys()] : [];
}

function isEmpty(node: Located): boolean {
  return node.kind === "scalar" && node.value === null;
}

function isAt(error: SchemaError, path: Path): boolean {
  return formatPath(error.path) === formatPath(path);
}
