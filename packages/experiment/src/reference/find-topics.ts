import { nearestNames } from "../errors/suggestion.ts";
import { rootTopic, topicsBelow, type Topic } from "./topics.ts";

const SWEPT = "sweep.parameters";

/** What a person may have meant by a path or a short name. */
export type FoundTopics =
  /** Exactly this; `others` have the same short name. */
  | { readonly kind: "one"; readonly topic: Topic; readonly others: readonly Topic[] }
  /** A key of the file that several entries have, such as `optimizer.learningRate`. */
  | { readonly kind: "each"; readonly topics: readonly Topic[] }
  /** A short name that several have. */
  | { readonly kind: "several"; readonly topics: readonly Topic[] }
  | { readonly kind: "none"; readonly nearest: readonly string[] };

/**
 * The topic at a path: `training.epochs`, `optimizer.adam`, `model.layers[1].units`; or with a short name, if
 * only one has it: `adam`, `batchSize`, `dense.units`.
 */
export function findTopics(query: string): FoundTopics {
  const parts = partsOf(query);
  const root = rootTopic();
  const exact = unique(follow(root, parts, root));
  const [first] = exact;
  if (first !== undefined) {
    if (exact.length > 1) return { kind: "each", topics: exact };
    return { kind: "one", topic: first, others: [] };
  }
  const all = [...topicsBelow(root)];
  const named = parts.length === 0 ? [] : all.filter(({ path }) => endsWith(partsOf(path), parts));
  // Who says "dropout" means the layer and not an option of another, who says "layers" those of the model.
  const entries = named.filter(({ entry }) => entry !== undefined);
  const keys = named.filter(({ isFileKey }) => isFileKey);
  const meant = [entries, keys, named].find(({ length }) => length > 0) ?? [];
  const [only] = meant;
  if (only === undefined) return { kind: "none", nearest: nearestTopics(query, all) };
  if (meant.length > 1) return { kind: "several", topics: named };
  return { kind: "one", topic: only, others: named.filter((topic) => topic !== only) };
}

/** `model.layers[1].units` → model, layers, units: an index says nothing of what a key is. */
function partsOf(path: string): string[] {
  return path.split(/[.[\]"'\s]+/).filter((part) => part !== "" && !/^\d+$/.test(part));
}

/** The topics that a path leads to from a topic. Where it does not say which entry: those of all entries. */
function follow(topic: Topic, [part, ...rest]: readonly string[], root: Topic): Topic[] {
  if (part === undefined) return topic === root ? [] : [topic];
  // The key that decides is part of what it decides.
  if (part === "type" && (topic.catalog ?? topic.entry) !== undefined) return follow(topic, rest, root);
  const below = [...topic.options, ...topic.entries].filter(({ name }) => name === part);
  if (below.length > 0) return below.flatMap((each) => follow(each, rest, root));
  const inside = topic.entries.flatMap(({ options }) => options).filter(({ name }) => name === part);
  if (inside.length > 0) return inside.flatMap((each) => follow(each, rest, root));
  // A swept path is a key of `sweep.parameters`; a value there may hold what is tried in its place.
  const isSwept = topic.path === SWEPT && follow(root, [part, ...rest], root).length > 0;
  if (isSwept) return [topic];
  const mayHold = [`${SWEPT}.list`, `${SWEPT}.choice.values`].includes(topic.path);
  return mayHold ? follow(root, [...partsOf(SWEPT), part, ...rest], root) : [];
}

/** An option that several keys lead to, such as those of an initializer, stands at one place. */
function unique(topics: readonly Topic[]): Topic[] {
  return [...new Map(topics.map((topic) => [topic.path, topic])).values()];
}

/** Whether the last parts are the same and the others follow each other in the path, perhaps with gaps. */
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
    ...nearestNames(query, paths),
    ...nearestNames(query, short.keys()).map((name) => short.get(name)!),
    ...entries.filter(({ name }) => text !== "" && name.includes(text)).map(({ path }) => path),
  ];
  return [...new Set(near)].slice(0, 5);
}
