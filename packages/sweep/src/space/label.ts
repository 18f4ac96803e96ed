import {
  isList,
  isMap,
  isNestedDomain,
  type Choices,
  type CategoricalChoice,
  type SweptValue,
} from "./domain.ts";

/**
 * Returns the labels of a list's options in the results. Each option is its own label if no option is a list
 * or a block without a type, or contains a nested domain. Otherwise blocks and lists are labelled by the
 * first of these that is different for all options: their types, their JSON without nested domains, their
 * full JSON.
 */
export function createLabels(options: readonly CategoricalChoice[]): Choices {
  const known = cache.get(options) ?? computeLabels(options);
  cache.set(options, known);
  return known;
}

/** Cache, because the labels of a list are needed for each trial. */
const cache = new WeakMap<readonly CategoricalChoice[], Choices>();

function computeLabels(options: readonly CategoricalChoice[]): Choices {
  const plain = options.filter(isPlain);
  if (plain.length === options.length) return plain;
  const ways = [
    typesIn,
    (part: object) => JSON.stringify(part, withoutNested),
    (part: object) => JSON.stringify(part),
  ];
  const labels = ways.map((way) =>
    options.map((option): SweptValue =>
      typeof option === "object" && option !== null ? way(option) : option,
    ),
  );
  return labels.find((each) => new Set(each).size === options.length) ?? labels.at(-1) ?? [];
}

function isPlain(option: CategoricalChoice): option is SweptValue {
  const isBlockWithoutType = isMap(option) && typeof option["type"] !== "string";
  return !isList(option) && !isBlockWithoutType && !holdsNested(option);
}

function holdsNested(part: unknown): boolean {
  if (isList(part)) return part.some((each) => isNestedDomain(each) || holdsNested(each));
  return isMap(part) && Object.values(part).some((each) => isNestedDomain(each) || holdsNested(each));
}

/** Returns the types in an option, such as `adam`, `flatten, dense, relu|tanh` or `[]` for an empty list. */
function typesIn(part: unknown): string {
  if (isNestedDomain(part) && part.type === "choice") return part.values.map(typesIn).join("|");
  if (isList(part)) return part.length === 0 ? "[]" : part.map(typesIn).join(", ");
  if (!isMap(part)) return String(part);
  return typeof part["type"] === "string" ? part["type"] : JSON.stringify(part, withoutNested);
}

function withoutNested(_key: string, part: unknown): unknown {
  return isNestedDomain(part) ? undefined : part;
}
