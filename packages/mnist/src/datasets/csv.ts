import { sizeOf } from "@nn/tensor";
import { Type, type Static } from "typebox";

import { readCsvImages, type CsvImages } from "../csv-images.ts";
import { defineDataset, normalize, pathOption, validationOfOwn, type FileContext } from "../definition.ts";
import { blaming } from "../errors.ts";
import {
  classesOf,
  classesOption,
  requireClasses,
  untaughtClasses,
  untestedClasses,
} from "../own-classes.ts";
import { ownFile } from "../own-path.ts";
import { requireTrainingImages } from "../split.ts";

const options = Type.Object({
  training: pathOption(
    "A CSV file with one row an image: its class, counted from 0, and its pixels, 0 to 255, row by row. A header may stand above. May be gzipped.",
  ),
  test: pathOption("The same for the test set, which is measured once, at the end."),
  label: Type.Optional(
    Type.String({
      minLength: 1,
      description: "The name of the column that has the class. Without it, the first column has.",
    }),
  ),
  height: Type.Optional(
    Type.Integer({ minimum: 1, description: "Rows of an image. Without it, images are square." }),
  ),
  width: Type.Optional(
    Type.Integer({ minimum: 1, description: "Columns of an image. Without it, by its height." }),
  ),
  channels: Type.Integer({
    minimum: 1,
    default: 1,
    description: "Numbers to a pixel, side by side: 1 for grey, 3 for red, green and blue.",
  }),
  classes: classesOption,
  validation: validationOfOwn,
  normalize,
});
type Options = Static<typeof options>;

/** CSV files of one's own, such as those of Kaggle's digit recognizer. */
export const csv = defineDataset({
  type: "csv",
  description: "CSV files of one's own: one row an image, its class and its pixels.",
  options,

  describe(chosen, context) {
    const { training, test, classes } = readBoth(chosen, context);
    return {
      exampleShape: training.exampleShape,
      classes,
      trainingCount: training.labels.length,
      testCount: test.labels.length,
      notices: [
        ...untaughtClasses(training.file, training.labels, classes),
        ...untestedClasses(test.file, test.labels, training.labels),
      ],
    };
  },

  find: ({ training }, context) => ownFile(training, context),

  // All is read again: between the two a file may have changed.
  // oxlint-disable-next-line typescript/require-await -- other data sets are downloaded
  async load(chosen, context) {
    const { training, test, classes } = readBoth(chosen, context);
    if (chosen.validation !== "test") requireTrainingImages(training.labels.length, chosen.validation);
    return {
      name: `csv ${chosen.training}, ${chosen.test}`,
      source: training.file,
      exampleShape: training.exampleShape,
      classes,
      training: splitOf(training),
      test: splitOf(test),
    };
  },
});

/** Both files; the images and classes of the test set are those that are learned. */
function readBoth(
  chosen: Options,
  context: FileContext,
): { readonly training: CsvImages; readonly test: CsvImages; readonly classes: number } {
  const training = blaming("training", () => readCsvImages(ownFile(chosen.training, context), chosen));
  const classes = classesOf(training.labels, chosen.classes);
  blaming("training", () => requireClasses(training.labels, classes, training.placeOf));
  const test = blaming("test", () => {
    const found = readCsvImages(ownFile(chosen.test, context), chosen, sizeOf(training.exampleShape));
    requireClasses(found.labels, classes, found.placeOf);
    return found;
  });
  return { training, test, classes };
}

function splitOf({ images, labels }: CsvImages) {
  return { images, labels, count: labels.length };
}
