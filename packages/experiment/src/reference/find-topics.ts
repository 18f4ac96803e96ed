import {
  findAliasAdvice,
  findKeyPath,
  getOtherKeyAdvice,
  resolveKeyAlias,
} from "../errors/library-aliases.ts";
import { findNearestNames } from "../errors/suggestion.ts";
import { createRootTopic, iterateTopics, type Topic } from "./topics.ts";

const SWEPT = "sweep.parameters";

/** The possible meanings of a path or a short name. */
export type FoundTopics =
  /** One topic was meant; `others` have the same short name. */
  | { readonly kind: "one"; readonly topic: Topic; readonly others: readonly Topic[] }
  /** Several entries have an option at this path, such as `optimizer.learningRate`. */
  | { readonly kind: "each"; readonly topics: readonly Topic[] }
  /** Several topics have this short name. */
  | { readonly kind: "several"; readonly topics: readonly Topic[] }
  | {
      readonly kind: "none";
      readonly nearest: readonly string[];
      /** The path that the name means, if it is one of another library. */
      readonly alias: string | undefined;
      /** Advice about the name, if it is one of another library. */
      readonly advice: string | undefined;
    };

/**
 * Finds the topic with a path, such as `training.epochs`, `optimizer.adam` or `model.layers[1].units`, or
 * with a short name, such as `adam`, `batchSize` or `dense.units`.
 */
export function findTopics(query: string): FoundTopics {
  const parts = splitPath(query);
  const root = createRootTopic();
  const exact = unique(follow(root, parts, root));
  const [first] = exact;
  if (first !== undefined) {
    if (exact.length > 1) return { kind: "each", topics: exact };
    return { kind: "one", topic: first, others: [] };
  }
  const all = [...iterateTopics(root)];
  const named = findByEnd(all, parts);
  // Entries have precedence: "dropout" is the layer, not an option of another layer. "layers" means
  // model.layers.
  const entries = named.filter(({ entry }) => entry !== undefined);
  const keys = named.filter(({ isFileKey }) => isFileKey);
  const meant = [entries, keys, named].find(({ length }) => length > 0) ?? [];
  const [only] = meant;
  if (only === undefined) {
    const advice = findAliasAdvice(query) ?? getOtherKeyAdvice(query, ["scale"]);
    return { kind: "none", nearest: nearestTopics(query, all), alias: aliasOf(parts), advice };
  }
  if (meant.length > 1) return { kind: "several", topics: named };
  return { kind: "one", topic: only, others: named.filter((topic) => topic !== only) };
}

/**
 * Returns the topics whose path ends with these parts. If there are none, returns one that differs only in
 * case, if it is the only one or the only entry.
 */
function findByEnd(topics: readonly Topic[], parts: readonly string[]): readonly Topic[] {
  if (parts.length === 0) return [];
  const exact = topics.filter(({ path }) => endsWith(splitPath(path), parts));
  if (exact.length > 0) return exact;
  const lower = parts.map((part) => part.toLowerCase());
  const other = topics.filter(({ path }) => endsWith(splitPath(path.toLowerCase()), lower));
  const entries = other.filter(({ entry }) => entry !== undefined);
  return [entries, other].find(({ length }) => length === 1) ?? [];
}

/**
 * Returns the path with its last part translated from another library; undefined if that part is not such a
 * name.
 */
function aliasOf(parts: readonly string[]): string | undefined {
  const last = parts.at(-1) ?? "";
  const here = resolveKeyAlias(last);
  if (here === last) return undefined;
  return (parts.length === 1 ? findKeyPath(here) : undefined) ?? [...parts.slice(0, -1), here].join(".");
}

/** Splits a path such as `model.layers[1].units` into model, layers, units. Indices are left out. */
function splitPath(path: string): string[] {
  return path.split(/[.[\]"'\s]+/).filter((part) => part !== "" && !/^\d+$/.test(part));
}

/**
 * Returns the topics at a path below a topic. If the path does not name an entry, the options of all entries
 * are searched.
 */
function follow(topic: Topic, [part, ...rest]: readonly string[], root: Topic): Topic[] {
  if (part === undefined) return topic === root ? [] : [topic];
  // The key `type` is skipped: the entry that it names follows.
  if (part === "type" && (topic.catalog ?? topic.entry) !== undefined) return follow(topic, rest, root);
  const below = [...topic.options, ...topic.entries].filter(({ name }) => name === part);
  if (below.length > 0) return below.flatMap((each) => follow(each, rest, root));
  const inside = topic.entries.flatMap(({ options }) => options).filter(({ name }) => name === part);
  if (inside.length > 0) return inside.flatMap((each) => follow(each, rest, root));
  // A swept path is a key of `sweep.parameters`; the values of a list may contain domains themselves.
  const isSwept = topic.path === SWEPT && follow(root, [part, ...rest], root).length > 0;
  if (isSwept) return [topic];
  const mayHold = [`${SWEPT}.list`, `${SWEPT}.choice.values`].includes(topic.path);
  return mayHold ? follow(root, [...splitPath(SWEPT), part, ...rest], root) : [];
}

/** Removes duplicates: several keys may lead to the same option, such as one of an initializer. */
function unique(topics: readonly Topic[]): Topic[] {
  return [...new Map(topics.map((topic) => [topic.path, topic])).values()];
}

/** Returns whether the last parts are equal and the others occur in the path in order, perhaps with gaps. */
function endsWith(path: readonly string[], parts: readonly string[]): boolean {
  if (path.at(-1) !== parts.at(-1)) return false;
  let from = 0;
  return parts.slice(0, -1).every((part) => {
    const at = path.indexOf(part, from);
    from = at + 1;
    return at >= 0;
  });
}

function nearestTopics(query: string, topics: readonly Topic[]): string[] {
  const entries = topics.filter(({ entry }) => entry !== undefined);
  const short = new Map(topics.map(({ name, path }) => [name, path]));
  for (const { name, path } of entries) short.set(name, path);
  const paths = topics.map(({ path }) => path);
  const text = query.toLowerCase();
  const near = [
    ...findNearestNames(query, paths),
    ...findNearestNames(query, short.keys()).map((name) => short.get(name)!),
    ...entries.filter(({ name }) => text !== "" && name.includes(text)).map(({ path }) => path),
  ];
  return [...new Set(near)].slice(0, 5);
}
