import { Type } from "typebox";

import { DatasetError } from "./errors.ts";

/** The option of data of one's own whose labels are numbers. */
export const classesOption = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 256,
    description: "How many classes there are. Without it, the largest label of the training images and one.",
  }),
);

/** The classes of these training labels (N), unless somebody says how many there are. */
export function classesOf(labels: Uint8Array, said: number | undefined): number {
  if (said !== undefined) return said;
  let largest = 0;
  for (const label of labels) if (label > largest) largest = label;
  return largest + 1;
}

/** Throws DatasetError for a label that is none of the classes. `where`: of the image `index`, for the message. */
export function requireClasses(labels: Uint8Array, classes: number, where: (index: number) => string): void {
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong === -1) return;
  throw new DatasetError(
    `${where(wrong)}: expected a label from 0 to ${classes - 1}, got ${labels[wrong]}. ` +
      `Correct it, or say with "classes" how many there are.`,
  );
}
