import { readdirSync, statSync } from "@nn/platform/files";
import { basename, dirname, join, relative, sep } from "@nn/platform/path";

import { formatShape, countElements, type Shape } from "@nn/tensor";

import type { Split } from "../dataset.ts";
import { checkAll, DatasetError, getErrorReason } from "../errors.ts";
import { MAX_FILE_SIZE, listFileNames } from "./custom-path.ts";
import {
  computeImagePixelRange,
  createSamplingOrder,
  findUniformPixel,
  type PixelRange,
} from "./pixel-range.ts";
import { checkPng, readPng, readPngShape } from "./png-file.ts";
import { isSystemFile } from "./system-files.ts";
import { arange } from "../split.ts";

/** The classes of a folder and their image files, before the files are read. */
export interface ImageFolder {
  readonly folder: string;
  /**
   * The class names in order, in Unicode normalization form NFC, because operating systems encode é
   * differently.
   */
  readonly classes: readonly string[];
  /** The files of each class, in order. */
  readonly files: readonly (readonly string[])[];
  readonly count: number;
  /** Files and folders that are not images of a class. */
  readonly passedOver: readonly string[];
  /** Names that exist in two Unicode forms. */
  readonly twoForms: readonly string[];
}

/** The shape (H, W, C) of the images of a folder, and the first file with this shape. */
export interface CommonShape {
  readonly shape: Shape;
  readonly file: string;
}

/** Maximum number of classes: a label is a byte. */
const MAX_CLASSES = 256;

/** Number of files between two progress reports. */
const BETWEEN_REPORTS = 64;

const IMAGE = /\.(?:png|jpe?g|gif|bmp|webp|tiff?)$/i;

/** Finds the classes of a folder and their images. Throws a DatasetError with all errors. */
export function findImages(folder: string): ImageFolder {
  const names = namesOf(folder);
  const kept = names.filter((name) => !isSystemFile(name));
  const folders: string[] = [];
  checkAll(kept, (name) => {
    if (isFolder(join(folder, name))) folders.push(name);
  });
  const others = kept.filter((name) => !folders.includes(name));
  requireLevel(folder, folders, others);
  const passedOver = [...names.filter(isSystemFile), ...others].map((name) => join(folder, name));
  const classes = [...new Set(folders.map(composed))].sort();
  if (classes.length > MAX_CLASSES) {
    throw new DatasetError(
      `${folder}: expected a folder for each class, 1 to ${MAX_CLASSES}, got ${classes.length}. ` +
        `Put the images of each class into a folder of its name.`,
    );
  }
  const byClass = new Map(classes.map((name): [string, string[]] => [name, []]));
  checkAll(folders, (name) => {
    const own = join(folder, name);
    const found = namesOf(own);
    passedOver.push(...found.filter(isSystemFile).map((file) => join(own, file)));
    const files = found.filter((file) => !isSystemFile(file)).map((file) => join(own, file));
    byClass.get(composed(name))!.push(...files);
    if (files.length > 0) return;
    throw new DatasetError(
      `${own}: expected at least one image, got an empty folder. Put its images there, or remove it.`,
    );
  });
  const files = classes.map((name) => byClass.get(name)!);
  const twoForms = classes.filter((name) => folders.filter((each) => composed(each) === name).length > 1);
  const count = files.reduce((sum, each) => sum + each.length, 0);
  return { folder, classes, files, count, passedOver, twoForms };
}

/**
 * Throws DatasetError if the class folders seem to be one level higher or lower, or if there are images
 * beside them.
 */
function requireLevel(folder: string, folders: readonly string[], others: readonly string[]): void {
  const stray = others.filter((name) => IMAGE.test(name));
  if (stray.length > 0 && folders.length === 0) {
    throw new DatasetError(
      `${folder}: expected a folder for each class, got ` +
        `${stray.length === 1 ? "an image" : `${stray.length} images`} and no folder. ` +
        `Use its parent folder, ${dirname(folder)}, if this is the folder of one class.`,
    );
  }
  checkAll(stray, (name) => {
    throw new DatasetError(
      `${join(folder, name)}: expected a folder for each class, got an image beside them. Put it into ` +
        "the folder of its class.",
    );
  });
  if (folders.length === 0) {
    throw new DatasetError(
      `${folder}: expected a folder for each class, 1 to ${MAX_CLASSES}, got 0. ` +
        `Put the images of each class into a folder of its name.`,
    );
  }
  const below = folders.map((name) => namesOf(join(folder, name)).filter((each) => !isSystemFile(each)));
  const areFolders = below.every(
    (names, index) =>
      !names.some((name) => IMAGE.test(name)) &&
      names.some((name) => isFolder(join(folder, folders[index]!, name))),
  );
  if (!areFolders) return;
  throw new DatasetError(
    `${folder}: expected a folder for each class with its images, got folders that contain folders: ` +
      `${folders.slice(0, 4).join(", ")}. ${getLevelAdvice(folder, folders)}`,
  );
}

/** The name of a folder with a part of the data set, which contains class folders. */
const PART = /^(?:train|test|val)/i;

/** Maximum number of levels that `getLevelAdvice` searches for images. */
const MAX_LEVELS = 4;

/** Returns advice for a folder whose folders contain folders, depending on the level that has the images. */
function getLevelAdvice(folder: string, folders: readonly string[]): string {
  let [parent, names] = [folder, folders];
  for (let level = 0; level < MAX_LEVELS && names.length > 0; level++) {
    const chosen = trainingAmong(names);
    parent = join(parent, chosen);
    names = foldersIn(parent);
    const withImages = names.filter((name) => namesOf(join(parent, name)).some((each) => IMAGE.test(each)));
    const [first] = withImages;
    if (first === undefined) continue;
    // The images are in class/train/, class/test/ and so on.
    if (withImages.every((name) => PART.test(name))) break;
    if (PART.test(chosen) || withImages.length > 1) {
      return `Use the one that contains the class folders, such as ${parent}.`;
    }
    return `Move the images of each class up into its folder, such as those of ${join(parent, first)} into ${parent}.`;
  }
  return "Use a folder that contains one folder per class, with the images directly in it.";
}

function foldersIn(folder: string): string[] {
  return namesOf(folder).filter((name) => !isSystemFile(name) && isFolder(join(folder, name)));
}

/** Returns the folder that seems to contain the training set; otherwise, the first folder. */
function trainingAmong(folders: readonly string[]): string {
  return folders.find((name) => /^train/i.test(name)) ?? folders[0]!;
}

/**
 * Maximum number of bytes of pixels that `readCommonShape` decodes. An image counts as at least 1 KiB.
 * Decoding takes about 2 s, for example for 16,000 images of 28 × 28. Other images are decoded when they are
 * loaded. Their checksums already detect damage that happened after the files were written.
 */
const [MAX_DECODED, LEAST_DECODED] = [2 ** 24, 2 ** 10];

/**
 * Reads the headers of all files. If `isThorough` is set, also compares checksums, and decodes images up to
 * MAX_DECODED. Returns `expected`, the shape (H, W, C) of the training images, if given. Otherwise, returns
 * the most common shape, or the first of several equally common ones. Throws a DatasetError that lists every
 * file that is not an image or has another shape. `onFileChecked` is called periodically with the number of
 * files checked so far.
 */
export function readCommonShape(
  { folder, files }: ImageFolder,
  expected: CommonShape | undefined,
  isThorough: boolean,
  onFileChecked: (done: number) => void,
): CommonShape {
  const found = new Map<string, { shape: Shape; files: string[] }>();
  const messages: string[] = [];
  let done = 0;
  let decoded = 0;
  const decodes = (shape: Shape): boolean => {
    decoded += Math.max(LEAST_DECODED, countElements(shape));
    return decoded <= MAX_DECODED;
  };
  checkLater(messages, files.flat(), (file) => {
    if (done++ % BETWEEN_REPORTS === 0) onFileChecked(done);
    if (isFolder(file)) {
      throw new DatasetError(
        `${file}: expected an image, got a folder. Put its images beside it, or remove it.`,
      );
    }
    const shape = isThorough ? checkPng(file, decodes) : readPngShape(file);
    const alike = found.get(String(shape)) ?? { shape, files: [] };
    alike.files.push(file);
    found.set(String(shape), alike);
  });
  let commonest = [...found.values()][0];
  for (const each of found.values()) if (each.files.length > commonest!.files.length) commonest = each;
  const usual =
    expected ?? (commonest === undefined ? undefined : { shape: commonest.shape, file: commonest.files[0]! });
  for (const { shape, files: alike } of found.values()) {
    if (usual === undefined || String(shape) === String(usual.shape)) continue;
    checkLater(messages, alike, (file) => requireShape(file, shape, usual));
  }
  if (messages.length > 0) throw new DatasetError(inOrderOf(files.flat(), messages));
  if (usual === undefined) throw new DatasetError(`${folder}: expected at least one image, got none.`);
  return usual;
}

/** Like `checkAll`, but collects the messages instead of throwing. */
function checkLater<Item>(messages: string[], items: Iterable<Item>, check: (item: Item) => void): void {
  try {
    checkAll(items, check);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    messages.push(...error.messages);
  }
}

/** Sorts the messages in the order of the files. */
function inOrderOf(files: readonly string[], messages: readonly string[]): string[] {
  const places = new Map(files.map((file, index) => [file, index]));
  const placeOf = (message: string): number =>
    places.get(message.slice(0, message.indexOf(": expected"))) ?? -1;
  return messages.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function requireShape(file: string, shape: Shape, expected: CommonShape): void {
  if (String(shape) === String(expected.shape)) return;
  throw new DatasetError(
    `${file}: expected ${formatShape(expected.shape)} (height, width, channels) as ` +
      `${basename(dirname(expected.file))}/${basename(expected.file)} of the training images, ` +
      `got ${formatShape(shape)}. Convert all images to the same size and channels.`,
  );
}

/**
 * Reads all images of a folder, in the order of class and file names. Besides the result, only one image at a
 * time is in memory. `classes` contains all class names; their indices are the labels. Throws a DatasetError
 * that lists all invalid files.
 */
export function readImages(
  { folder, classes: own, files, count }: ImageFolder,
  expected: CommonShape,
  classes: readonly string[],
): Split {
  const size = countElements(expected.shape);
  if (count * size > MAX_FILE_SIZE) {
    throw new DatasetError(
      `${folder}: expected at most 2 GiB of pixels, got ${count} × ${formatShape(expected.shape)}. Use ` +
        "fewer or smaller images.",
    );
  }
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  const all = files.flat();
  const labelsOfFiles = files.flatMap((each, place) => each.map(() => classes.indexOf(own[place]!)));
  checkAll(all.entries(), ([index, file]) => {
    const png = readPng(file);
    requireShape(file, png.shape, expected);
    png.decodeInto(images, index * size);
    labels[index] = labelsOfFiles[index]!;
  });
  const nameOf = (index: number): string => composed(relative(folder, all[index]!).split(sep).join("/"));
  return { images, labels, count, origins: { kind: "file", of: nameOf } };
}

/**
 * Returns the pixel range of a folder whose files have the same shape. Throws a DatasetError that lists the
 * damaged files among those that were decompressed.
 */
export function readFolderPixelRange({ files }: ImageFolder): PixelRange {
  const messages: string[] = [];
  const all = files.flat();
  const [, , channels = 1] = readPngShape(all[0]!);
  function* decoded(): Generator<Uint8Array> {
    for (const index of createSamplingOrder(all.length)) {
      const file = all[index]!;
      let image: Uint8Array | undefined;
      checkLater(messages, [file], () => {
        const { shape, decodeInto } = readPng(file);
        image = new Uint8Array(countElements(shape));
        decodeInto(image, 0);
      });
      if (image !== undefined) yield image;
    }
  }
  const range = computeImagePixelRange(decoded(), all.length, channels);
  if (messages.length > 0) throw new DatasetError(inOrderOf(all, messages));
  return range;
}

/**
 * Returns the value of all pixels of these images of a folder if they are equal, otherwise undefined.
 * `images` contains their indices in ascending order. Throws DatasetError for a damaged file.
 */
export function findUniformFolderPixel({ files }: ImageFolder, images: Int32Array): number | undefined {
  const all = files.flat();
  function* decoded(): Generator<Uint8Array> {
    for (const index of images) {
      const { shape, decodeInto } = readPng(all[index]!);
      const image = new Uint8Array(countElements(shape));
      decodeInto(image, 0);
      yield image;
    }
  }
  return findUniformPixel(decoded(), arange(images.length));
}

/**
 * Returns the names in a folder, sorted by their Unicode normalization form NFC, so that the order is the
 * same on every system.
 */
function namesOf(folder: string): string[] {
  void listFileNames(folder); // throws for a folder that cannot be read
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return readdirSync(folder).sort((a, b) => compare(composed(a), composed(b)) || compare(a, b));
}

function composed(name: string): string {
  return name.normalize("NFC");
}

/** Whether an entry of a folder is a folder. Throws DatasetError if the entry cannot be opened. */
function isFolder(path: string): boolean {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined) return stats.isDirectory();
  } catch (error) {
    throw new DatasetError(
      `${path}: expected a folder or a file, got "${getErrorReason(error)}". Make it readable, or move it elsewhere.`,
      { cause: error },
    );
  }
  // The name exists in the folder, so the target of a link is missing.
  const isUtf8 = !path.includes("\uFFFD");
  throw new DatasetError(
    isUtf8
      ? `${path}: expected a folder or a file, got a link to something that does not exist. Correct the link, or ` +
          "remove it."
      : `${path}: expected a name in UTF-8, got other bytes, so it cannot be opened. Rename it.`,
  );
}
