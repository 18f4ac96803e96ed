import { isList, isMap, isNested, type Choices, type Option, type SweptValue } from "./domain.ts";

/**
 * What results call the options of a list. Values that hold nothing to try are their own names. Where one of
 * them does, or is a list, the shortest of these that tells all apart: the types that it names, itself as
 * JSON without what is tried in it, itself as JSON.
 */
export function labelsOf(options: readonly Option[]): Choices {
  const known = told.get(options) ?? tell(options);
  told.set(options, known);
  return known;
}

/** A list is asked for each trial. */
const told = new WeakMap<readonly Option[], Choices>();

function tell(options: readonly Option[]): Choices {
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

function isPlain(option: Option): option is SweptValue {
  return !isList(option) && !holdsNested(option);
}

function holdsNested(part: unknown): boolean {
  if (isList(part)) return part.some((each) => isNested(each) || holdsNested(each));
  return isMap(part) && Object.values(part).some((each) => isNested(each) || holdsNested(each));
}

/** `adam`; `flatten, dense, relu|tanh` */
function typesIn(part: unknown): string {
  if (isNested(part) && part.type === "choice") return part.values.map(typesIn).join("|");
  if (isList(part)) return part.map(typesIn).join(", ");
  return isMap(part) ? String(part["type"]) : String(part);
}

function withoutNested(_key: string, part: unknown): unknown {
  return isNested(part) ? undefined : part;
}
