import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import {
  DatasetError,
  decodePhoto,
  hasOpacities,
  preparePhoto,
  getErrorReason,
  isSystemFile,
  type PhotoStyle,
} from "@nn/mnist";
import { toPrintable, toPrintableLine } from "@nn/platform/printable";
import { formatCsv } from "@nn/results";
import { createTrainingRuntime, predictImages, type SavedNetwork } from "@nn/training";

import { writeCsv, writeJson } from "../terminal/data-output.ts";
import { formatImage } from "../terminal/image-lines.ts";
import { formatPercent } from "../terminal/format.ts";
import { formatErrorLine, formatNotices } from "../terminal/notices.ts";
import { formatTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { concatenateImages } from "./concatenate-images.ts";
import { findNetwork } from "./find-network.ts";
import { prepareKernels } from "./prepare-kernels.ts";
import { readRegularFile } from "./read-file.ts";

/** Command-line options of `predict`. */
export interface PredictOptions {
  /** The number of a trial, instead of the best one. */
  readonly trial?: number | undefined;
  /** How photos are prepared. Default: the style of the network's data set. */
  readonly style?: PhotoStyle | undefined;
  /** Number of classes to print for each image. */
  readonly top: number;
  readonly json?: boolean | undefined;
  readonly csv?: boolean | undefined;
}

/** A prediction for one image file. */
interface FilePrediction {
  readonly file: string;
  /** (H, W, C): the input of the network. */
  readonly image: Uint8Array;
  /** The classes from the most to the least probable one. */
  readonly classes: readonly { readonly name: string; readonly probability: number }[];
}

/** Maximum number of images to show. */
const MAX_SHOWN = 10;

/**
 * Runs `predict RUN IMAGE…`: classifies PNG and JPEG images with a network, and prints the classes. Each
 * image is converted to the size and format of the training images. For a folder, uses all images in it.
 * Returns the exit code: 1 if an image could not be used (the other images are still classified). Throws
 * ExperimentError, DatasetError and RunDirectoryError.
 */
export async function predictCommand(
  where: string,
  paths: readonly string[],
  options: PredictOptions,
  terminal: Terminal,
): Promise<number> {
  const { network, experimentFolder, reason, notices } = findNetwork(where, options.trial);
  terminal.err.write(formatNotices(notices));
  const style = options.style ?? (network.spec.dataset.type === "mnist" ? "symbol" : "picture");
  const prepared: { file: string; image: Uint8Array }[] = [];
  let unusable = 0;
  const countUnusable = (error: unknown): void => {
    if (!(error instanceof DatasetError)) throw error;
    unusable++;
    terminal.err.write(formatErrorLine(error.message));
  };
  for (const path of paths) {
    try {
      for (const file of listImages(path))
        await prepare(file, network, style).then((image) => prepared.push({ file, image }), countUnusable);
    } catch (error) {
      countUnusable(error);
    }
  }

  const isData = options.json === true || options.csv === true;
  let predictions: FilePrediction[] = [];
  if (prepared.length > 0) {
    await prepareKernels(isData ? { ...terminal, out: terminal.err } : terminal);
    const runtime = await createTrainingRuntime(
      1,
      (notice) => void terminal.err.write(formatNotices([notice])),
    );
    const images = concatenateImages(prepared.map(({ image }) => image));
    const all = await predictImages(runtime, network, experimentFolder, images, prepared.length);
    predictions = prepared.map(({ file, image }, index) => ({
      file,
      image,
      classes: rankClasses(network, all.subarray(index * network.classes, (index + 1) * network.classes)),
    }));
  }

  if (options.json === true) writeJson(asJson(predictions), terminal);
  else if (options.csv === true) writeCsv(asCsv(predictions, network), terminal);
  else if (predictions.length > 0) {
    if (reason !== undefined) terminal.out.write(`${toPrintable(reason)}\n`);
    terminal.out.write(`${toPrintableLine(network.source)}\n\n`);
    print(predictions, network, options.top, terminal);
  }
  return unusable > 0 ? 1 : 0;
}

/**
 * Returns the path of a file unchanged. For a folder, returns its PNG and JPEG files in alphabetical order,
 * without hidden files.
 */
function listImages(path: string): string[] {
  const names = listFiles(path)?.filter((name) => /\.(png|jpe?g)$/i.test(name) && !isSystemFile(name));
  if (names === undefined) return [path];
  if (names.length > 0) return names.sort().map((name) => join(path, name));
  throw new DatasetError(
    `${path}: expected files that end in .png, .jpg or .jpeg, got a folder without them. Folders in it are not ` +
      "searched: give them too.",
  );
}

/** Returns the names of the files in a folder; undefined if it is a file. Throws DatasetError. */
function listFiles(path: string): string[] | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new DatasetError(`${path}: there is no such image or folder.`);
    return stats.isDirectory() ? readdirSync(path) : undefined;
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw createUnreadableError(path, error);
  }
}

function createUnreadableError(path: string, cause: unknown): DatasetError {
  return new DatasetError(
    `${path}: it cannot be read (${getErrorReason(cause)}). Give the path of an image or of a folder of images.`,
    { cause },
  );
}

async function prepare(file: string, { inputShape }: SavedNetwork, style: PhotoStyle): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(file);
  } catch (error) {
    throw createUnreadableError(file, error);
  }
  const keepsOpacities = style === "picture" && hasOpacities(inputShape);
  const image = preparePhoto(await decodePhoto(bytes, file, keepsOpacities), inputShape, style);
  if (image !== undefined) return image;
  throw new DatasetError(
    `${file}: expected a symbol that is visible on its background, got a photo of one color. Take a photo ` +
      `with more contrast, or use --style picture. Transparent pixels count as white.`,
  );
}

function rankClasses({ classNames }: SavedNetwork, probabilities: Float64Array): FilePrediction["classes"] {
  return Array.from(probabilities, (probability, label) => ({
    name: classNames?.[label] ?? String(label),
    probability,
  })).sort((a, b) => b.probability - a.probability);
}

function print(
  predictions: readonly FilePrediction[],
  { inputShape }: SavedNetwork,
  top: number,
  terminal: Terminal,
): void {
  for (const { file, image, classes } of predictions.slice(0, MAX_SHOWN)) {
    terminal.out.write(`${toPrintableLine(file)}\n`);
    for (const line of formatImage(image, inputShape, terminal)) terminal.out.write(`  ${line}\n`);
    const rows = classes.slice(0, top).map(({ name, probability }) => ["", name, formatPercent(probability)]);
    const columns = [
      { head: "", align: "left" },
      { head: "class", align: "left" },
      { head: "probability", align: "right" },
    ] as const;
    terminal.out.write(`${formatTable(columns, rows, terminal.width).join("\n")}\n\n`);
  }
  for (const { file, classes } of predictions.slice(MAX_SHOWN)) {
    const best = classes
      .slice(0, top)
      .map(({ name, probability }) => `${toPrintableLine(name)} ${formatPercent(probability)}`);
    terminal.out.write(`${toPrintableLine(file)}  ${best.join("  ")}\n`);
  }
}

function asJson(predictions: readonly FilePrediction[]): object {
  return predictions.map(({ file, classes }) => ({
    file,
    class: classes[0]?.name,
    probabilities: Object.fromEntries(classes.map(({ name, probability }) => [name, probability])),
  }));
}

/** One row per image: the file, its class, and the probability of each class in the order of the labels. */
function asCsv(predictions: readonly FilePrediction[], { classes, classNames }: SavedNetwork): string {
  const names = Array.from({ length: classes }, (_, label) => classNames?.[label] ?? String(label));
  const rows = predictions.map(({ file, classes: ranked }) => {
    const byName = new Map(ranked.map(({ name, probability }) => [name, probability]));
    return [file, ranked[0]?.name, ...names.map((name) => byName.get(name))];
  });
  return formatCsv(["file", "class", ...names.map((name) => `probability ${name}`)], rows);
}
