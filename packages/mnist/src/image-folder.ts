import { statSync } from "node:fs";
import { join } from "node:path";

import { formatShape, sizeOf, type Shape } from "@nn/tensor";

import type { Split } from "./dataset.ts";
import { DatasetError } from "./errors.ts";
import { LARGEST_SIZE, namesIn } from "./own-path.ts";
import { readPng } from "./png-file.ts";

/** A folder for each class, with its images: nothing of them is read yet. */
export interface ImageFolder {
  readonly folder: string;
  /** The names of its folders, in order. */
  readonly classes: readonly string[];
  /** The files of each, in order. */
  readonly files: readonly (readonly string[])[];
  readonly count: number;
}

/** More do not fit into the byte that a label is. */
const MOST_CLASSES = 256;

/** Looks for the classes of a folder and their images. Throws DatasetError for a class without any. */
export function findImages(folder: string): ImageFolder {
  const names = namesIn(folder);
  const classes = names.filter((name) => isFolder(join(folder, name)));
  const stray = names.find((name) => /\.png$/i.test(name) && !classes.includes(name));
  if (stray !== undefined) {
    throw new DatasetError(
      `${join(folder, stray)}: expected a folder for each class, got an image beside them. Put it into the folder of its class.`,
    );
  }
  if (classes.length === 0 || classes.length > MOST_CLASSES) {
    throw new DatasetError(
      `${folder}: expected a folder for each class, 1 to ${MOST_CLASSES}, got ${classes.length}. ` +
        `Put the images of each class into a folder of its name.`,
    );
  }
  const files = classes.map((name) => {
    const found = namesIn(join(folder, name)).map((file) => join(folder, name, file));
    if (found.length > 0) return found;
    throw new DatasetError(
      `${join(folder, name)}: expected at least one image, got an empty folder. Put its images there, or remove it.`,
    );
  });
  return { folder, classes, files, count: files.reduce((sum, each) => sum + each.length, 0) };
}

/** The size (H, W, C) of the first image, which all must have; `expected`: that of the training images. Throws DatasetError. */
export function shapeOfFirst({ files }: ImageFolder, expected?: Shape): Shape {
  const file = files[0]![0]!;
  const { shape } = readPng(file);
  if (expected !== undefined) requireShape(file, shape, expected);
  return shape;
}

function requireShape(file: string, shape: Shape, expected: Shape): void {
  if (shape.every((extent, axis) => extent === expected[axis])) return;
  throw new DatasetError(
    `${file}: expected ${formatShape(expected)} (height, width, channels) as the first training image, ` +
      `got ${formatShape(shape)}. Bring all images to one size and kind.`,
  );
}

/**
 * Reads every image of a folder, class by class and file by file in the order of their names; beside what it returns, it takes
 * one image at a time. `classes`: all names, whose places are the labels. Throws DatasetError.
 */
export function readImages(
  { folder, classes: own, files, count }: ImageFolder,
  exampleShape: Shape,
  classes: readonly string[],
): Split {
  const size = sizeOf(exampleShape);
  if (count * size > LARGEST_SIZE) {
    throw new DatasetError(
      `${folder}: expected at most 2 GiB of pixels, got ${count} × ${formatShape(exampleShape)}. Use fewer or smaller images.`,
    );
  }
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  let index = 0;
  for (const [place, name] of own.entries()) {
    const label = classes.indexOf(name);
    for (const file of files[place]!) {
      const png = readPng(file);
      requireShape(file, png.shape, exampleShape);
      png.decodeInto(images, index * size);
      labels[index++] = label;
    }
  }
  return { images, labels, count };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
