import { dirname, resolve } from "@nn/platform/path";

import { selectSchema, type JsonSchema } from "../schema/json-schema.ts";
import { formatPath, isRecord, parsePath, type Path, type PathStep } from "@nn/training";
import type { Located, LocatedEntry, LocatedMap } from "./located.ts";
import { findNode, mergeNodes, toData } from "./located.ts";
import { parseYaml } from "./parse-yaml.ts";
import { Problems } from "../errors/problem.ts";
import type { Source, Span } from "./source.ts";
import { TRIAL_KEYS } from "../sweep/substitute.ts";

/** One parsed `--set path=value`. */
interface Override {
  readonly source: Source;
  readonly steps: readonly PathStep[];
  readonly value: Located;
}

/**
 * Applies each `--set path=value`, with the value parsed as YAML. The assignment of a `type` is applied
 * before earlier assignments inside its block: a different `type` replaces the whole block, as in a file that
 * extends another file. This must not discard other options that are set.
 */
export function applyOverrides(
  root: LocatedMap,
  assignments: readonly string[],
  file: string,
  schema: JsonSchema,
  problems: Problems,
): LocatedMap {
  const overrides = assignments
    .map((text) => read(text, root, file, problems))
    .filter((each) => each !== undefined);
  let result: Located = root;
  for (const each of orderOverrides(overrides)) result = put(result, each, 0, schema, problems);
  return result.kind === "map" ? result : root;
}

/** Moves each assignment of a `type` forward to the latest assignment of its whole block. */
function orderOverrides(overrides: readonly Override[]): Override[] {
  const ordered: Override[] = [];
  for (const each of overrides) {
    const block = blockOf(each);
    const replacesBlock = (other: Override): boolean => {
      const replaced = blockOf(other);
      return replaced.every((step, index) => step === block[index]);
    };
    const at = setsType(each) ? ordered.findLastIndex(replacesBlock) + 1 : ordered.length;
    ordered.splice(at, 0, each);
  }
  return ordered;
}

function setsType({ steps }: Override): boolean {
  return steps.at(-1)?.step === "type";
}

/** Returns the path of the block that an assignment replaces. */
function blockOf(override: Override): Path {
  const path = override.steps.map(({ step }) => step);
  return setsType(override) ? path.slice(0, -1) : path;
}

/** Returns the span of the value in a valid `path=value` assignment. */
export function getAssignmentSpan(text: string, file: string): Span {
  return { source: createOptionSource(text, file), start: text.indexOf("=") + 1, end: text.length };
}

function createOptionSource(text: string, file: string): Source {
  return { kind: "argument", name: `--set ${text}`, folder: dirname(resolve(file)), text };
}

function read(text: string, root: LocatedMap, file: string, problems: Problems): Override | undefined {
  const source = createOptionSource(text, file);
  const at = text.indexOf("=");
  if (at <= 0) {
    problems.add({
      place: { source, start: 0, end: Math.max(1, text.length) },
      message: at === 0 ? "there is no path before the =" : 'there is no "=" in this argument',
      expected: "path=value, such as optimizer.learningRate=0.3",
    });
    return undefined;
  }
  const written = text.slice(0, at);
  const path = parsePath(written);
  if (!path.ok && written.trim() !== written && parsePath(written.trim()).ok) {
    problems.add({
      place: { source, start: path.at, end: path.at + 1 },
      message: "there is a space next to the path",
      expected: `${written.trim()}=${text.slice(at + 1).trim()}`,
      advice: "Leave out the spaces; put the whole argument in single quotes for the shell.",
    });
    return undefined;
  }
  const [, unquoted] = /^sweep\.parameters\[([^"[\]]+(?:\[\d+\][^"[\]]*)*)\]/.exec(written) ?? [];
  if (!path.ok && unquoted !== undefined) {
    const start = "sweep.parameters".length;
    problems.add({
      place: { source, start, end: start + unquoted.length + 2 },
      message: "the quotes around the swept path are missing",
      expected: `sweep.parameters["${unquoted}"]${written.slice(start + unquoted.length + 2)}=…`,
      advice: "Put the whole argument in single quotes, because the shell removes the double quotes.",
    });
    return undefined;
  }
  if (!path.ok) {
    problems.add({
      place: { source, start: path.at, end: path.at + 1 },
      message: "this is not a path into the experiment",
      expected: path.expected,
      advice: "A path is names joined by dots, such as model.layers[1].units.",
    });
    return undefined;
  }
  if (path.steps[0]?.step === "extends") {
    problems.add({
      place: { source, start: 0, end: "extends".length },
      message: '"extends" cannot be set from the command line',
      expected: "a path to a value of the experiment",
      advice: "Run the other file, or write a file that extends it.",
    });
    return undefined;
  }
  const [first, second, third, fourth] = path.steps;
  const isSplit =
    first?.step === "sweep" && second?.step === "parameters" && typeof fourth?.step === "string";
  if (isSplit && third !== undefined && TRIAL_KEYS.some((part) => part === third.step)) {
    const { start } = third;
    const swept = text.slice(start, at);
    // If a path is already swept, the rest is a key of its range.
    const key = listSweptPaths(root).find((each) => swept.startsWith(`${each}.`)) ?? swept;
    problems.add({
      place: { source, start, end: at },
      message: "a swept path is a single key, but this has several keys",
      expected: `sweep.parameters["${key}"]${swept.slice(key.length)}=…`,
      advice: "Write it in brackets and quotes; put the whole argument in single quotes for the shell.",
    });
    return undefined;
  }
  const value = readValue(source, at + 1, problems);
  return value && { source, steps: path.steps, value };
}

function listSweptPaths(root: LocatedMap): string[] {
  const parameters = findNode(root, ["sweep", "parameters"])?.value;
  return parameters?.kind === "map" ? [...parameters.entries.keys()] : [];
}

/**
 * Parses the value. The text before it is replaced by spaces, so that positions are those in the argument.
 */
function readValue(source: Source, start: number, problems: Problems): Located | undefined {
  const { text } = source;
  if (/^\s*#/.test(text.slice(start))) {
    problems.add({
      place: { source, start, end: text.length },
      message: "text that begins with # is a comment in YAML, not a value",
      expected: JSON.stringify(text.slice(start).trim()),
      advice: "Put it in quotes if it is text.",
    });
    return undefined;
  }
  if (text.slice(start).trim() === "") {
    problems.add({
      place: { source, start: start - 1, end: start },
      message: "there is no value after the =",
      expected: "path=value, such as optimizer.learningRate=0.3",
    });
    return undefined;
  }
  const own = new Problems();
  const value = parseYaml({ ...source, text: " ".repeat(start) + text.slice(start) }, own);
  const shown = (span: Span): Span => ({ ...span, source });
  for (const problem of own.list) {
    const { place } = problem;
    problems.add({ ...problem, place: typeof place === "string" ? place : shown(place) });
  }
  return value && relocate(value, shown);
}

function relocate(node: Located, shown: (span: Span) => Span): Located {
  const span = shown(node.span);
  switch (node.kind) {
    case "scalar":
      return { ...node, span };
    case "list":
      return { ...node, span, items: node.items.map((item) => relocate(item, shown)) };
    case "map": {
      const entries = new Map<string, LocatedEntry>();
      for (const [key, { key: place, value }] of node.entries) {
        entries.set(key, { key: shown(place), value: relocate(value, shown) });
      }
      return { ...node, span, entries };
    }
  }
}

/** Puts the value into the node. `schema` is the schema of the node, if known. */
function put(
  node: Located,
  { source, steps, value }: Override,
  depth: number,
  schema: JsonSchema | undefined,
  problems: Problems,
): Located {
  const step = steps[depth];
  if (step === undefined) return value;
  const place: Span = { source, start: step.start, end: step.end };
  const here = formatPath(steps.slice(0, depth).map((each) => each.step));

  if (node.kind === "list") {
    const item = typeof step.step === "number" ? node.items[step.step] : undefined;
    if (item === undefined || typeof step.step !== "number") {
      const last = node.items.length - 1;
      problems.add({
        place,
        message: typeof step.step === "number" ? `${here} has no entry [${step.step}]` : `${here} is a list`,
        expected: last < 0 ? "nothing: the list is empty" : `an entry from [0] to [${last}]`,
        advice: `To replace the list, write ${here}=[…].`,
      });
      return node;
    }
    const next = put(item, { source, steps, value }, depth + 1, schema?.items, problems);
    return { ...node, items: node.items.with(step.step, next) };
  }

  if (node.kind === "scalar") {
    problems.add({
      place,
      message: `${here} is a single value without keys`,
      expected: `${here}=value`,
    });
    return node;
  }
  const key = String(step.step);
  const below = node.entries.get(key);
  const after = steps[depth + 1];
  if (below === undefined && typeof after?.step === "number") {
    const list = formatPath(steps.slice(0, depth + 1).map((each) => each.step));
    problems.add({
      place: { source, start: after.start, end: after.end },
      message: `${list} is not in this experiment: there is no entry [${after.step}] to set`,
      expected: `${list}=[…]`,
      advice: "Write the whole list.",
    });
    return node;
  }
  // A missing key is created. The schema check decides later whether it is allowed.
  const inside = schema && selectSchema(schema, toData(node)).properties?.[key];
  const start = below?.value ?? createAbsentBlock(inside, place);
  const next = put(start, { source, steps, value }, depth + 1, inside, problems);
  const entry: LocatedEntry = {
    key: depth === steps.length - 1 || below === undefined ? place : below.key,
    value: next,
  };
  if (key === "type" && depth === steps.length - 1) {
    return mergeNodes(node, { kind: "map", span: node.span, entries: new Map([[key, entry]]) });
  }
  return { ...node, entries: new Map(node.entries).set(key, entry) };
}

/** Returns a new block of its default type, so that `loss.labelSmoothing=0.1` can be set without a `type`. */
function createAbsentBlock(schema: JsonSchema | undefined, span: Span): LocatedMap {
  const fallback = schema?.default;
  const type = isRecord(fallback) ? fallback["type"] : undefined;
  const entries = new Map<string, LocatedEntry>();
  if (typeof type === "string")
    entries.set("type", { key: span, value: { kind: "scalar", span, value: type } });
  return { kind: "map", span, entries };
}
