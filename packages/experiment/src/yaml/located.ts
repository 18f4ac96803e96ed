import type { Path } from "@nn/training";
import type { Span } from "./source.ts";

/**
 * A value and its position in the text. Experiments are composed, overridden and checked in this form, and
 * converted to data at the end.
 */
export type Located = LocatedMap | LocatedList | LocatedScalar;

/** A YAML map and its position in the text. */
export interface LocatedMap {
  readonly kind: "map";
  readonly span: Span;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

/** One key of a map, with its value. */
export interface LocatedEntry {
  /** Position of the key. */
  readonly key: Span;
  readonly value: Located;
}

/** A YAML list and its position in the text. */
export interface LocatedList {
  readonly kind: "list";
  readonly span: Span;
  readonly items: readonly Located[];
}

/** A string, number, boolean or null and its position in the text. */
export interface LocatedScalar {
  readonly kind: "scalar";
  readonly span: Span;
  readonly value: string | number | boolean | null;
}

/**
 * Returns the plain value. A key such as `__proto__` becomes an ordinary property and does not affect the
 * prototype.
 */
export function toData(node: Located): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(toData);
    case "map":
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toData(entry.value)]));
  }
}

/** Returns the value at a path and the position of its key; undefined if there is none. */
export function findNode(
  root: Located,
  path: Path,
): { readonly key: Span; readonly value: Located } | undefined {
  let found = { key: root.span, value: root };
  for (const step of path) {
    const next = findChild(found.value, step);
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

/**
 * Returns the value at a path and the position of its key. If there is no value, returns the nearest
 * enclosing block and the position of its key.
 */
export function findNearestNode(root: Located, path: Path): { key: Span; value: Located } {
  for (let length = path.length; length > 0; length -= 1) {
    const found = findNode(root, path.slice(0, length));
    if (found !== undefined) return found;
  }
  return { key: root.span, value: root };
}

function findChild(node: Located, step: string | number): { key: Span; value: Located } | undefined {
  if (node.kind === "map") return node.entries.get(String(step));
  if (node.kind !== "list" || typeof step !== "number") return undefined;
  const value = node.items[step];
  return value && { key: getFirstSpan(value), value };
}

/** Returns the position at which to report a list entry. For a map, this is its `type` or its first key. */
function getFirstSpan(node: Located): Span {
  if (node.kind !== "map") return node.span;
  return node.entries.get("type")?.value.span ?? node.entries.values().next().value?.key ?? node.span;
}

/**
 * Merges `over` into `base`: maps are merged, other values are replaced. A block with a different `type`
 * replaces the whole block of the base, so options of two catalog entries never mix.
 */
export function mergeNodes(base: Located, over: Located): Located {
  if (base.kind !== "map" || over.kind !== "map") return over;
  const [baseType, overType] = [getWrittenType(base), getWrittenType(over)];
  if (overType !== undefined && overType !== baseType) return over;

  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    entries.set(
      key,
      below === undefined ? entry : { key: entry.key, value: mergeNodes(below.value, entry.value) },
    );
  }
  return { kind: "map", span: over.span, entries };
}

function getWrittenType(map: LocatedMap): unknown {
  const type = map.entries.get("type")?.value;
  return type?.kind === "scalar" ? type.value : undefined;
}
