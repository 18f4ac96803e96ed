import { Type, type Static } from "typebox";

import { defineDataset, normalize, pathOption, validationOfOwn, type FileContext } from "../definition.ts";
import { blaming, DatasetError } from "../errors.ts";
import { findImages, readImages, shapeOfFirst, type ImageFolder } from "../image-folder.ts";
import { classesNamed } from "../own-classes.ts";
import { ownFolder } from "../own-path.ts";
import { requireTrainingImages } from "../split.ts";

const options = Type.Object({
  training: pathOption(
    "A folder with a folder for each class, which has its images: PNG files of 8 bits, grey or colours, all of one size. Classes are numbered in the order of their names.",
  ),
  test: pathOption(
    "The same for the test set, with folders of the same names; it is measured once, at the end.",
  ),
  validation: validationOfOwn,
  normalize,
});
type Options = Static<typeof options>;

/** PNG files of one's own. */
export const images = defineDataset({
  type: "images",
  description: "PNG files of one's own, in a folder for each class.",
  options,

  describe(chosen, context) {
    const { training, test } = findBoth(chosen, context);
    const exampleShape = blaming("training", () => shapeOfFirst(training));
    blaming("test", () => shapeOfFirst(test, exampleShape));
    const untested = training.classes.filter((name) => !test.classes.includes(name));
    return {
      exampleShape,
      classes: training.classes.length,
      trainingCount: training.count,
      testCount: test.count,
      notices: untested.length === 0 ? [] : [untestedNotice(test.folder, untested)],
    };
  },

  find: ({ training }, context) => ownFolder(training, context),

  // oxlint-disable-next-line typescript/require-await -- other data sets are downloaded
  async load(chosen, context) {
    const { training, test } = findBoth(chosen, context);
    if (chosen.validation !== "test") requireTrainingImages(training.count, chosen.validation);
    const { classes } = training;
    const exampleShape = blaming("training", () => shapeOfFirst(training));
    return {
      name: `images ${chosen.training}, ${chosen.test}`,
      source: training.folder,
      exampleShape,
      classes: classes.length,
      training: blaming("training", () => readImages(training, exampleShape, classes)),
      test: blaming("test", () => readImages(test, exampleShape, classes)),
    };
  },
});

function untestedNotice(folder: string, classes: readonly string[]): string {
  const which = classesNamed(classes.map((name) => JSON.stringify(name)));
  return `${folder} has no folder for ${which}: nothing is tested of what is learned there`;
}

/** Both folders; each class of the test set is one that is learned. */
function findBoth(
  chosen: Options,
  context: FileContext,
): { readonly training: ImageFolder; readonly test: ImageFolder } {
  const training = blaming("training", () => findImages(ownFolder(chosen.training, context)));
  const test = blaming("test", () => {
    const found = findImages(ownFolder(chosen.test, context));
    const stranger = found.classes.find((name) => !training.classes.includes(name));
    if (stranger === undefined) return found;
    throw new DatasetError(
      `${found.folder}: expected folders named as those of ${training.folder}, got "${stranger}". ` +
        `Rename it to one of them, or give it images to train on.`,
    );
  });
  return { training, test };
}
