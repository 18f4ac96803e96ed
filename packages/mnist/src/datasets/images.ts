import { Type, type Static } from "typebox";

import {
  defineDataset,
  normalizeOption,
  pathOption,
  customValidationOption,
  type FileContext,
} from "../definition.ts";
import { addOptionToErrors, DatasetError } from "../errors.ts";
import {
  findImages,
  findUniformFolderPixel,
  readFolderPixelRange,
  readImages,
  readCommonShape,
  type CommonShape,
  type ImageFolder,
} from "../files/image-folder.ts";
import { formatClassNames } from "../files/class-names.ts";
import { getSameDataNotices, resolveCustomFolder } from "../files/custom-path.ts";
import type { PixelRange } from "../files/pixel-range.ts";
import { requireTrainingImages } from "../split.ts";
import { getSkippedFileNotices } from "../files/system-files.ts";

const options = Type.Object({
  training: pathOption(
    "A folder with one folder per class that holds its images: 8-bit PNG files, grey or in colour, all of " +
      "the same size. Classes are numbered in the order of their names.",
  ),
  test: pathOption(
    "The same for the test set, with folders of the same names. It is evaluated only once, at the end.",
  ),
  validation: customValidationOption,
  normalize: normalizeOption,
});
type Options = Static<typeof options>;

/** Custom PNG files. */
export const images = defineDataset({
  type: "images",
  description: "Custom PNG files, in one folder per class.",
  example: "{ type: images, training: digits/train, test: digits/test, validation: 40 }",
  options,

  describe(chosen, context) {
    const { training, test } = findBoth(chosen, context);
    const exampleShape = shapeOfBoth(training, test, context, true).shape;
    const { classes } = training;
    const untested = classes.filter((name) => !test.classes.includes(name));
    const size = exampleShape[2] === 1 ? exampleShape.slice(0, 2) : exampleShape;
    return {
      exampleShape,
      classes: classes.length,
      classNames: classes,
      trainingCount: training.count,
      testCount: test.count,
      trainingLabels: Uint8Array.from(training.files.flatMap((files, label) => files.map(() => label))),
      pixels: { training: pixelsIn("training", training), test: pixelsIn("test", test) },
      findUniformPixel: (images) =>
        addOptionToErrors("training", () => findUniformFolderPixel(training, images)),
      brighten: "multiply the pixel values",
      summary:
        `${training.folder}: ${training.count} images of ${size.join(" × ")} in ${classes.length} classes, ` +
        `${formatClassNames(classes).replace(/^classes /, "")}; ${test.folder}: ${test.count} images`,
      notices: [
        ...getSameDataNotices(training.folder, test.folder),
        ...getSkippedFileNotices([...training.passedOver, ...test.passedOver]),
        ...[training, test].flatMap(({ folder, twoForms }) =>
          twoForms.map(
            (name) =>
              `${folder} has two folders called ${JSON.stringify(name)}, in different Unicode ` +
              "normalization forms; they are treated as one class",
          ),
        ),
        ...(untested.length === 0 ? [] : [untestedNotice(test.folder, untested)]),
      ],
    };
  },

  find: ({ training }, context) => resolveCustomFolder(training, context),

  // oxlint-disable-next-line typescript/require-await -- other data sets are downloaded
  async load(chosen, context) {
    const { training, test } = findBoth(chosen, context);
    if (chosen.validation !== "test") requireTrainingImages(training.count, chosen.validation);
    const { classes } = training;
    const expected = shapeOfBoth(training, test, context, false); // readImages checks the rest
    return {
      name: `images ${chosen.training}, ${chosen.test}`,
      source: training.folder,
      exampleShape: expected.shape,
      classes: classes.length,
      classNames: classes,
      training: addOptionToErrors("training", () => readImages(training, expected, classes)),
      test: addOptionToErrors("test", () => readImages(test, expected, classes)),
    };
  },
});

/**
 * Returns the shape of all images. Throws DatasetError that lists all files with another shape and all files
 * that are not images, training files first. `isThorough` is that of `readCommonShape`.
 */
function shapeOfBoth(
  training: ImageFolder,
  test: ImageFolder,
  { onFileChecked }: FileContext,
  isThorough: boolean,
): CommonShape {
  const total = training.count + test.count;
  const shapeOfTest = (expected: CommonShape | undefined): CommonShape =>
    addOptionToErrors("test", () =>
      readCommonShape(test, expected, isThorough, (done) => onFileChecked?.(training.count + done, total)),
    );
  let expected: CommonShape;
  try {
    expected = addOptionToErrors("training", () =>
      readCommonShape(training, undefined, isThorough, (done) => onFileChecked?.(done, total)),
    );
  } catch (error) {
    if (!isThorough || !(error instanceof DatasetError)) throw error;
    const inTest = messagesOf(() => shapeOfTest(undefined));
    // Errors in both folders are not errors of a single option.
    throw inTest.length === 0 ? error : new DatasetError([...error.messages, ...inTest], { cause: error });
  }
  shapeOfTest(expected);
  return expected;
}

function messagesOf(check: () => void): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof DatasetError) return error.messages;
    throw error;
  }
}

function pixelsIn(option: string, folder: ImageFolder): PixelRange {
  return addOptionToErrors(option, () => readFolderPixelRange(folder));
}

function untestedNotice(folder: string, classes: readonly string[]): string {
  const which = formatClassNames(classes.map((name) => JSON.stringify(name)));
  return `${folder} has no folder for ${which}, so the test metrics do not cover every class`;
}

/** Finds both folders. Each class of the test set must exist in the training set. */
function findBoth(
  chosen: Options,
  context: FileContext,
): { readonly training: ImageFolder; readonly test: ImageFolder } {
  const training = addOptionToErrors("training", () => {
    const found = findImages(resolveCustomFolder(chosen.training, context));
    const [only] = found.classes;
    if (found.classes.length > 1 || context.onlyEvaluates === true) return found;
    throw new DatasetError(
      `${found.folder}: expected folders of at least two classes, got only "${only}". ` +
        "Choose a folder that contains one folder per class.",
    );
  });
  const test = addOptionToErrors("test", () => {
    const found = findImages(resolveCustomFolder(chosen.test, context));
    const strangers = found.classes.filter((name) => !training.classes.includes(name));
    if (strangers.length === 0) return found;
    throw new DatasetError(
      strangers.map(
        (name) =>
          `${found.folder}: expected the name of a folder in ${training.folder}, got "${name}". ` +
          `Rename it to one of them, or add training images of this class.`,
      ),
    );
  });
  return { training, test };
}
