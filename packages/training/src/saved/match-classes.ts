import { DatasetError } from "@nn/mnist";

/** The classes of a network or of a data set. */
export interface ClassList {
  readonly classes: number;
  /** Names of the classes by label, if they have names. */
  readonly classNames?: readonly string[] | undefined;
}

/** The mapping from the classes of a data set to those of a network. */
export interface ClassMatch {
  /**
   * The label of the network for each label of the data set; undefined for a class that the network lacks.
   */
  readonly labels: readonly (number | undefined)[];
  /** Whether classes were matched by their labels, because only one side has names. */
  readonly isByLabel: boolean;
}

/**
 * Matches the classes of a data set with those of a network by name. A class without a name is named by its
 * number. If only one side has names, and these are not numbers, matches the classes by label. Returns
 * undefined if their counts differ, because then they cannot be matched.
 */
export function matchClasses(network: ClassList, dataset: ClassList): ClassMatch | undefined {
  const names = namesOf(network);
  const labels = namesOf(dataset).map((name) => {
    const label = names.indexOf(name);
    return label === -1 ? undefined : label;
  });
  const named = [network, dataset].filter(({ classNames }) => classNames !== undefined).length;
  if (named === 2) return { labels, isByLabel: false };
  if (named === 1 && labels.every((label) => label !== undefined)) return { labels, isByLabel: false };
  if (network.classes !== dataset.classes) return undefined;
  return { labels: names.map((_name, label) => label), isByLabel: named === 1 };
}

/** Converts the labels of images (N) to labels of the network. Throws DatasetError for unknown classes. */
export function relabel(
  labels: Int32Array,
  match: ClassMatch,
  network: ClassList & { readonly source: string },
  dataset: ClassList,
): Int32Array {
  const unknown = [...new Set(labels)].filter((label) => match.labels[label] === undefined);
  if (unknown.length > 0) {
    const names = namesOf(dataset);
    throw new DatasetError(
      `${network.source}: the network has ${describeClasses(network)}, but the data set also has images of ` +
        `${formatNames(unknown.toSorted((a, b) => a - b).map((label) => names[label]!))}. Remove these images, ` +
        `or rename their class to one of the network.`,
    );
  }
  return labels.map((label) => match.labels[label]!);
}

/** Returns a notice that lists the matched classes. */
export function describeMatchByLabel(network: ClassList, dataset: ClassList): string {
  const [named, other] = network.classNames === undefined ? ["data set", "network"] : ["network", "data set"];
  const names = (network.classNames ?? dataset.classNames ?? []).map(
    (name, label) => `${label} is ${JSON.stringify(name)}`,
  );
  return (
    `only the ${named} has names of classes, so they are matched with the labels of the ${other}: ` +
    shorten(names)
  );
}

function namesOf({ classes, classNames }: ClassList): readonly string[] {
  return classNames ?? Array.from({ length: classes }, (_, label) => `${label}`);
}

/** Describes the classes: `classes "cat", "dog"`. */
export function describeClasses(list: ClassList): string {
  return formatNames(namesOf(list));
}

function formatNames(names: readonly string[]): string {
  return `${names.length === 1 ? "class" : "classes"} ${shorten(names.map((name) => JSON.stringify(name)))}`;
}

/** Maximum number of classes that a message names. */
const MAX_NAMED = 10;

function shorten(texts: readonly string[]): string {
  const more = texts.length - MAX_NAMED;
  return [...texts.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
