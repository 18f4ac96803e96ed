import { dirname } from "node:path";

import { ExperimentError, loadExperimentPlan, type Experiment } from "@nn/experiment";
import { toPrintableLine } from "@nn/platform/printable";
import { createTrainingRuntime, splitDataset } from "@nn/training";

import { createAugmentedImages } from "../preview/augmented-images.ts";
import { computeSheetLayout, encodeContactSheet, isContactSheet } from "../preview/contact-sheet.ts";
import { describeParameters } from "../terminal/summary.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { resolveDataFolder } from "./data-folder.ts";
import { prepareKernelsAndData } from "./download-data.ts";
import { checkOutputExtension, checkOutputFile, writeOutputFile } from "./output-file.ts";

/** Command-line options of `preview`. */
export interface PreviewOptions {
  /** Overrides of the form `path=value`. */
  readonly set: readonly string[];
  readonly out?: string | undefined;
  /** Whether to replace an existing file that is not a preview. */
  readonly force?: boolean | undefined;
  /** Number of images. */
  readonly count: number;
  /** The first epoch to show. */
  readonly epoch: number;
  readonly data?: string | undefined;
}

/** Number of epochs that the sheet shows for each image. */
const EPOCHS = 8;

/** Largest size of a sheet: 256 MiB at four bytes per pixel. */
const MAX_PIXELS = 2 ** 26;

/**
 * Runs `preview SPEC`: writes a PNG file of training images. It shows them unchanged, and as the first trial
 * augments them in EPOCHS epochs. Returns the exit code. Throws ExperimentError, DatasetError, and
 * RunDirectoryError if the file cannot be written.
 */
export async function previewCommand(
  file: string,
  options: PreviewOptions,
  terminal: Terminal,
): Promise<number> {
  const { experiment, catalogs } = await loadExperimentPlan(file, { set: options.set });
  const target = options.out ?? `${experiment.name}-preview.png`;
  const own = { isOwn: isContactSheet, own: "a preview of this program" };
  const isReplaced = checkOutputFile(target, { force: options.force, ...own });
  checkOutputExtension(target, [".png"], "a PNG file");
  const trial = experiment.trials[0]!;
  const context = { dataFolder: resolveDataFolder(options), experimentFolder: dirname(experiment.file) };

  await prepareKernelsAndData([trial.spec.dataset], context, terminal);
  const runtime = await createTrainingRuntime(1, () => {});
  const dataset = await runtime.useDataset(trial.spec.dataset, context);
  const data = splitDataset(dataset, trial.spec.dataset, experiment.seed);

  const { exampleShape } = dataset;
  const count = Math.min(options.count, data.images.length);
  const { width, height } = computeSheetLayout(exampleShape, count, EPOCHS);
  if (width * height > MAX_PIXELS) {
    const max = Math.max(1, Math.floor((count * MAX_PIXELS) / (width * height)));
    throwProblem("--count", `${count} images need a sheet of ${width} × ${height} pixels`, `at most ${max}`);
  }
  const epochs = Array.from({ length: EPOCHS }, (_, index) => options.epoch + index);
  const sheet = encodeContactSheet(
    createAugmentedImages(data, trial, count, epochs, catalogs.augmentations),
    exampleShape,
  );
  writeOutputFile(target, sheet);
  terminal.out.write(
    `Wrote ${toPrintableLine(target)}${isReplaced ? ", replacing the earlier file" : ""}, ` +
      `${width} × ${height} pixels: ` +
      `${count} training images, unchanged and augmented in epochs ${epochs[0]} to ${epochs.at(-1)}.\n` +
      createNotes(experiment, options).join(""),
  );
  return 0;
}

/** Returns notes about the images of the sheet. */
function createNotes({ trials }: Experiment, { epoch }: PreviewOptions): string[] {
  const { spec, parameters, seed } = trials[0]!;
  const lines: string[] = [];
  if (spec.augment === undefined || spec.augment.length === 0) {
    lines.push("This experiment has no augmentation: all columns are the same.\n");
  }
  if (trials.length > 1) {
    const swept = describeParameters(parameters);
    lines.push(
      `These images are from trial 1 of ${trials.length}, seed ${seed}${swept === "" ? "" : `, ${swept}`}.\n`,
    );
  }
  const { epochs } = spec.training;
  if (epoch + EPOCHS - 1 > epochs) lines.push(`Training ends after epoch ${epochs}.\n`);
  return lines;
}

function throwProblem(place: string, message: string, expected: string): never {
  throw new ExperimentError([{ place, message, expected }]);
}
