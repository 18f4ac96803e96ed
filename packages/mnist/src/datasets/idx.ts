import { countElements, type Shape } from "@nn/tensor";
import { Type, type Static } from "typebox";

import {
  checkImages,
  checkLabels,
  createSplit,
  type IdxFile,
  type ImageFileHeader,
  type ImageFile,
  type Split,
} from "../dataset.ts";
import {
  defineDataset,
  normalizeOption,
  pathOption,
  customValidationOption,
  type FileContext,
} from "../definition.ts";
import { addOptionToErrors, DatasetError } from "../errors.ts";
import { readIdxFile, readIdxChunks, readIdxShape } from "../files/idx.ts";
import { IdxImages } from "../files/idx-images.ts";
import {
  countClasses,
  classesOption,
  getEmptyClassNotices,
  getUntestedClassNotices,
  requireMultipleClasses,
} from "../files/class-names.ts";
import { getSameDataNotices, resolveCustomFile } from "../files/custom-path.ts";
import {
  computePixelRange,
  findUniformPixel,
  splitIntoImages,
  type PixelRange,
} from "../files/pixel-range.ts";
import type { FileRole } from "../files/published.ts";
import { requireTrainingImages } from "../split.ts";

const options = Type.Object({
  trainingImages: pathOption(
    "An IDX file (N, H, W) of unsigned bytes, plain or gzipped, like those of MNIST.",
  ),
  trainingLabels: pathOption("An IDX file (N) of unsigned bytes: the class of each image, from 0."),
  testImages: pathOption("The same for the test set, which is evaluated only once, at the end."),
  testLabels: pathOption("The class of each test image."),
  classes: classesOption,
  validation: customValidationOption,
  normalize: normalizeOption,
});
type Options = Static<typeof options>;

const remedy = "Use a complete file, or another one.";
const ofImages = {
  dimensions: 3,
  remedy,
  otherTypeRemedy:
    "Convert the file to bytes, 0 for black and 255 for white: multiply fractions from 0 to 1 by 255 first.",
  otherDimensionsRemedy:
    "Reshape the images to (N, height, width), one grey value per pixel. For colour images, use the data set images " +
    "or csv.",
} as const;
const ofLabels = {
  dimensions: 1,
  remedy,
  otherTypeRemedy: "Convert the file to one byte per label, from 0.",
  otherDimensionsRemedy: "Reshape the labels to (N): one number per image, its class.",
} as const;

/** Custom IDX files: grey images of one size. */
export const idx = defineDataset({
  type: "idx",
  description: "Custom IDX files, the format of MNIST: grey images of any size.",
  example:
    "{ type: idx, trainingImages: a.idx, trainingLabels: b.idx, testImages: c.idx, testLabels: d.idx }",
  options,

  describe(chosen, context) {
    const training = readHeader(chosen, "training", context);
    const test = readHeader(chosen, "test", context);
    const info = check(chosen, training, test);
    const pixelsOf = (part: Part): PixelRange =>
      read(chosen, `${part}Images`, context, (file) =>
        computePixelRange(readIdxChunks({ file, ...ofImages })),
      );
    return {
      ...info,
      pixels: { training: pixelsOf("training"), test: pixelsOf("test") },
      findUniformPixel: (images) =>
        read(chosen, "trainingImages", context, (file) => {
          const size = countElements(info.exampleShape);
          return findUniformPixel(
            splitIntoImages(new IdxImages({ file, ...ofImages }).chunks(), size),
            images,
          );
        }),
      brighten: "multiply every byte",
      trainingCount: training.labels.data.length,
      testCount: test.labels.data.length,
      trainingLabels: training.labels.data,
      notices: [
        ...getSameDataNotices(training.images.file, test.images.file, "images"),
        ...getSameDataNotices(training.labels.file, test.labels.file, "labels"),
        ...getEmptyClassNotices(training.labels.file, training.labels.data, info.classes),
        ...getUntestedClassNotices(test.labels.file, test.labels.data, training.labels.data),
      ],
    };
  },

  find: ({ trainingImages }, context) => resolveCustomFile(trainingImages, context),

  // Repeats the checks of `describe`, because the files may have changed.
  // oxlint-disable-next-line typescript/require-await -- other data sets are downloaded
  async load(chosen, context) {
    const training = readSplit(chosen, "training", context);
    const test = readSplit(chosen, "test", context);
    const { exampleShape, classes } = check(chosen, training, test);
    if (chosen.validation !== "test") requireTrainingImages(training.labels.data.length, chosen.validation);
    const join = ({ images, labels }: { images: ImageFile; labels: IdxFile }): Split =>
      createSplit(images, labels, exampleShape, classes);
    return {
      name: `idx ${chosen.trainingImages}, ${chosen.testImages}`,
      source: training.images.file,
      exampleShape,
      classes,
      training: join(training),
      test: join(test),
    };
  },
});

type Part = "training" | "test";

/** The shape of the images and the labels of a part of the data set. */
interface PartHeader {
  readonly images: ImageFileHeader;
  readonly labels: IdxFile;
}

function readHeader(chosen: Options, part: Part, context: FileContext): PartHeader {
  return {
    images: read(chosen, `${part}Images`, context, (file) => ({
      file,
      shape: readIdxShape({ file, ...ofImages }),
    })),
    labels: readLabels(chosen, part, context),
  };
}

function readSplit(chosen: Options, part: Part, context: FileContext) {
  return {
    images: read(chosen, `${part}Images`, context, (file) => new IdxImages({ file, ...ofImages })),
    labels: readLabels(chosen, part, context),
  };
}

function readLabels(chosen: Options, part: Part, context: FileContext): IdxFile {
  return read(chosen, `${part}Labels`, context, (file) => ({
    file,
    ...readIdxFile({ file, ...ofLabels }),
  }));
}

function read<Result>(
  chosen: Options,
  role: FileRole,
  context: FileContext,
  reader: (file: string) => Result,
): Result {
  return addOptionToErrors(role, () => reader(resolveCustomFile(chosen[role], context)));
}

/** Returns the example shape and the classes of the training files. Checks that the test files match. */
function check(chosen: Options, training: PartHeader, test: PartHeader) {
  const [count, height = 0, width = 0] = training.images.shape;
  const exampleShape: Shape = [height, width, 1];
  addOptionToErrors("trainingImages", () => {
    if (height === 0 || width === 0) {
      throw new DatasetError(
        `${training.images.file}: expected images of at least one pixel, got ${height} × ${width}. Use another file.`,
      );
    }
    if (count !== 0) return;
    checkImages(training.images, exampleShape);
  });
  const classes = countClasses(training.labels.data, chosen.classes);
  addOptionToErrors("trainingLabels", () => {
    checkLabels(training.labels, training.images, classes);
    const { file, data } = training.labels;
    requireMultipleClasses(file, data, "Use the labels of these images, or files with more classes.");
  });
  addOptionToErrors("testImages", () => checkImages(test.images, exampleShape));
  addOptionToErrors("testLabels", () => checkLabels(test.labels, test.images, classes));
  return { exampleShape, classes };
}
