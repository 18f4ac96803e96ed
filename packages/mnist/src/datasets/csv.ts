import { countElements } from "@nn/tensor";
import { Type, type Static } from "typebox";

import { quoteCell } from "../csv/cells.ts";
import { readCsvImages, type CsvImages } from "../csv/images.ts";
import {
  defineDataset,
  normalizeOption,
  pathOption,
  customValidationOption,
  type FileContext,
} from "../definition.ts";
import { addOptionToErrors, DatasetError } from "../errors.ts";
import {
  countClasses,
  classesOption,
  checkLabelRange,
  requireMultipleClasses,
  getEmptyClassNotices,
  getUntestedClassNotices,
} from "../files/class-names.ts";
import { getSameDataNotices, resolveCustomFile } from "../files/custom-path.ts";
import { computePixelRange } from "../files/pixel-range.ts";
import { requireTrainingImages } from "../split.ts";

const options = Type.Object({
  training: pathOption(
    "A CSV file with one row per image: its class (a number from 0, or a name) and its pixels (0 to 255, " +
      "row by row). It may have a header and may be gzipped.",
  ),
  test: pathOption("The same for the test set, which is evaluated only once, at the end."),
  label: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1 }), Type.String({ minLength: 1 })], {
      description:
        "The column of the class: its name in the header, its number from 1, first or last. Default: " +
        "the column that the header calls label, class, target or similar; otherwise the first or the last " +
        "column, depending on which one looks like classes.",
    }),
  ),
  header: Type.Optional(
    Type.Boolean({
      description: "Whether the first row contains the column names. Default: detected from its content.",
    }),
  ),
  height: Type.Optional(
    Type.Integer({ minimum: 1, description: "Height of an image in pixels. Default: images are square." }),
  ),
  width: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: "Width of an image in pixels. Default: derived from the height.",
    }),
  ),
  channels: Type.Integer({
    minimum: 1,
    default: 1,
    description: "Numbers per pixel, in adjacent columns: 1 for grey, 3 for red, green and blue.",
  }),
  classes: classesOption,
  validation: customValidationOption,
  normalize: normalizeOption,
});
type Options = Static<typeof options>;

/** Custom CSV files, such as those of Kaggle's digit recognizer. */
export const csv = defineDataset({
  type: "csv",
  description: "Custom CSV files: one row per image, with its class and its pixels.",
  example: "{ type: csv, training: digits/train.csv, test: digits/test.csv, validation: 40 }",
  options,

  describe(chosen, context) {
    const { training, test, classes } = readBoth(chosen, context);
    const { classNames, labels } = training;
    const nameOf = (label: number): number | string => {
      const name = classNames?.[label];
      return name === undefined ? label : JSON.stringify(name);
    };
    const uniform = mapUniformImages(training);
    return {
      exampleShape: training.exampleShape,
      classes,
      trainingCount: labels.length,
      testCount: test.labels.length,
      ...(classNames !== undefined && { classNames }),
      trainingLabels: labels,
      pixels: { training: computePixelRange([training.images]), test: computePixelRange([test.images]) },
      findUniformPixel(chosen) {
        const values = new Set(Array.from(chosen, (image) => uniform.get(image)));
        return values.size === 1 ? [...values][0] : undefined;
      },
      brighten: "multiply them",
      summary: summaryOf(training, test),
      notices: [
        ...getSameDataNotices(training.file, test.file),
        ...training.notices,
        ...getEmptyClassNotices(training.file, labels, classes),
        ...getUntestedClassNotices(test.file, test.labels, labels, nameOf),
      ],
    };
  },

  find: ({ training }, context) => resolveCustomFile(training, context),

  // Reads the files again, because they may have changed since `describe`.
  // oxlint-disable-next-line typescript/require-await -- other data sets are downloaded
  async load(chosen, context) {
    const { training, test, classes } = readBoth(chosen, context);
    const { classNames } = training;
    if (chosen.validation !== "test") requireTrainingImages(training.labels.length, chosen.validation);
    return {
      name: `csv ${chosen.training}, ${chosen.test}`,
      source: training.file,
      exampleShape: training.exampleShape,
      classes,
      ...(classNames !== undefined && { classNames }),
      training: splitOf(training),
      test: { ...splitOf(test), origins: { kind: "row", of: (index) => test.lines[index]! } },
    };
  },
});

/** Maps each image whose pixels are all equal to their value. Unlike the images, it takes little memory. */
function mapUniformImages({ images, exampleShape }: CsvImages): ReadonlyMap<number, number> {
  const uniform = new Map<number, number>();
  const size = countElements(exampleShape);
  for (let start = 0; start < images.length; start += size) {
    const value = images[start]!;
    let end = start + 1;
    while (end < start + size && images[end] === value) end++;
    if (end === start + size) uniform.set(start / size, value);
  }
  return uniform;
}

/** Reads both files. The test set must have the images and classes of the training set. */
function readBoth(
  chosen: Options,
  context: FileContext,
): { readonly training: CsvImages; readonly test: CsvImages; readonly classes: number } {
  const training = addOptionToErrors("training", () =>
    readCsvImages(resolveCustomFile(chosen.training, context), chosen),
  );
  const { classNames, labels, file } = training;
  const classes = classNames?.length ?? countClasses(labels, chosen.classes);
  addOptionToErrors("classes", () => {
    if (classNames === undefined || chosen.classes === undefined || chosen.classes === classes) return;
    throw new DatasetError(
      `${file}: expected ${chosen.classes} class names, as set by the option classes, got ${classes}. ` +
        "Remove the option.",
    );
  });
  addOptionToErrors("training", () => {
    checkLabelRange(labels, classes, training.placeOf);
    const where =
      `The classes were read from ${columnOf(training)}; set "label" if they are in another column, or use ` +
      "a file with more classes";
    if (context.onlyEvaluates === true) return;
    requireMultipleClasses(file, labels, `${where}.`, (label) => classNames?.[label] ?? String(label));
  });
  const test = addOptionToErrors("test", () => {
    const found = readCsvImages(resolveCustomFile(chosen.test, context), chosen, training);
    checkLabelRange(found.labels, classes, found.placeOf);
    return found;
  });
  return { training, test, classes };
}

function splitOf({ images, labels }: CsvImages) {
  return { images, labels, count: labels.length };
}

/**
 * Returns a summary: `train.csv: 24 images of 3 × 3, class in column "class" (last), header; test.csv: 12
 * images`.
 */
function summaryOf(training: CsvImages, test: CsvImages): string {
  const [height, width, channels] = training.exampleShape;
  const size = `${height} × ${width}${channels === 1 ? "" : ` × ${channels}`}`;
  const { columns, file } = training;
  const parts = [
    `${file}: ${countOf(training)} of ${size}`,
    `class in ${columnOf(training)}`,
    headerOf(training),
    ...(columns.index === undefined ? [] : [`${nameOf(training, columns.index)} left out as an index`]),
  ];
  const isLike = headerOf(test) === headerOf(training) && test.columns.label === columns.label;
  const others = isLike ? [] : [`class in ${columnOf(test)}`, headerOf(test)];
  return `${parts.join(", ")}; ${[`${test.file}: ${countOf(test)}`, ...others].join(", ")}`;
}

function countOf({ labels }: CsvImages): string {
  return labels.length === 1 ? "1 image" : `${labels.length} images`;
}

function headerOf({ columns }: CsvImages): string {
  return columns.names === undefined ? "no header" : "header";
}

/** Describes the class column: `column "class" (last)`. */
function columnOf(images: CsvImages): string {
  const { label, names, index, width } = images.columns;
  const first = index === 0 ? 1 : 0;
  const isLast = label === width - 1;
  const place = label === first ? "first" : isLast ? "last" : `number ${label + 1}`;
  const isSpecified = names === undefined && place.startsWith("number");
  return isSpecified ? nameOf(images, label) : `${nameOf(images, label)} (${place})`;
}

function nameOf({ columns }: CsvImages, column: number): string {
  const name = columns.names?.[column];
  return `column ${name === undefined ? column + 1 : quoteCell(name)}`;
}
