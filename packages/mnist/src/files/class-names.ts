import { Type } from "typebox";

import { DatasetError } from "../errors.ts";

/** The option `classes` of custom data whose labels are numbers. */
export const classesOption = Type.Optional(
  Type.Integer({
    minimum: 2,
    maximum: 256,
    description: "Number of classes. Default: the largest label of the training images plus one.",
  }),
);

/** Returns `specified` if it is defined. Otherwise, returns the largest training label (N) plus one. */
export function countClasses(labels: Uint8Array, specified: number | undefined): number {
  if (specified !== undefined) return specified;
  let largest = 0;
  for (const label of labels) if (label > largest) largest = label;
  return largest + 1;
}

/**
 * Throws DatasetError for a label that is not below `classes`. `where(index)` describes the position of an
 * image for the message.
 */
export function checkLabelRange(labels: Uint8Array, classes: number, where: (index: number) => string): void {
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong === -1) return;
  throw new DatasetError(
    `${where(wrong)}: expected a label from 0 to ${classes - 1}, got ${labels[wrong]}. ` +
      `Correct it, or set "classes" to the number of classes.`,
  );
}

/**
 * Throws DatasetError if all training labels are the same, because every network would be correct. `advice`
 * is a full sentence.
 */
export function requireMultipleClasses(
  file: string,
  labels: Uint8Array,
  advice: string,
  nameOf: (label: number) => string = String,
): void {
  const [first = 0] = labels;
  if (labels.some((label) => label !== first)) return;
  throw new DatasetError(
    `${file}: expected images of at least two classes, got ` +
      `${labels.length === 1 ? "one image" : `${labels.length} images, all`} of class ${nameOf(first)}. ` +
      advice,
  );
}

/**
 * Returns a notice about classes without training images, if any. If labels are numbered from 1, class 0 has
 * no images.
 */
export function getEmptyClassNotices(file: string, labels: Uint8Array, classes: number): string[] {
  const taught = new Set(labels);
  const missing = Array.from({ length: classes }, (_, label) => label).filter((label) => !taught.has(label));
  if (missing.length === 0) return [];
  const from1 = missing.length === 1 && missing[0] === 0 ? "; classes are counted from 0" : "";
  return [
    `${file} has no image of ${formatClassNames(missing)}, but the network has an output for each class${from1}`,
  ];
}

/** Returns a notice about classes with training images but without test images, if any. */
export function getUntestedClassNotices(
  file: string,
  labels: Uint8Array,
  learned: Uint8Array,
  nameOf: (label: number) => number | string = (label) => label,
): string[] {
  const tested = new Set(labels);
  const missing = [...new Set(learned)].filter((label) => !tested.has(label)).toSorted((a, b) => a - b);
  if (missing.length === 0) return [];
  return [
    `${file} has no image of ${formatClassNames(missing.map(nameOf))}, so the test metrics do not cover every class`,
  ];
}

/** Maximum number of classes that a message names. */
const MAX_NAMED = 5;

/** Formats a list of classes: `class 3`, `classes 3 and 5` or `classes 1, 2, 3, 4, 5 and 9 more`. */
export function formatClassNames(classes: readonly (number | string)[]): string {
  if (classes.length === 1) return `class ${classes[0]}`;
  if (classes.length <= MAX_NAMED) return `classes ${classes.slice(0, -1).join(", ")} and ${classes.at(-1)}`;
  return `classes ${classes.slice(0, MAX_NAMED).join(", ")} and ${classes.length - MAX_NAMED} more`;
}
