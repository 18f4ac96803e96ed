import type { Shape } from "@nn/tensor";
import { Type } from "typebox";

import { createSplit, type Split } from "./dataset.ts";
import { defineDataset, normalizeOption, validationOption, type DatasetDefinition } from "./definition.ts";
import { readIdxFile } from "./files/idx.ts";
import { IdxImages } from "./files/idx-images.ts";
import type { FileRole, DownloadMirrors } from "./files/published.ts";
import { findPublishedFiles, findOrDownloadFiles, type DatasetFiles } from "./sources/find-source.ts";
import type { SourceFolder } from "./sources/folder.ts";
import { requireTrainingImages } from "./split.ts";

const options = Type.Object({ validation: validationOption, normalize: normalizeOption });

/** The properties of a data set in MNIST format. */
export interface IdxDataset extends Pick<DatasetDefinition, "type" | "description" | "example" | "paper"> {
  readonly classes: number;
  /** (H, W, 1) */
  readonly exampleShape: Shape;
  readonly trainingCount: number;
  readonly testCount: number;
  /** The fraction of non-zero training pixels. */
  readonly nonZeros: number;
  readonly publication: DownloadMirrors;
  /** Other folders on this machine that may have the files, in addition to the data folder. */
  readonly places: readonly SourceFolder[];
}

/** Defines a data set that is published as four IDX files: images and labels for training and for testing. */
export function defineIdxDataset(dataset: IdxDataset): DatasetDefinition<typeof options> {
  const { publication, places, classes, exampleShape, trainingCount, testCount, nonZeros, ...entry } =
    dataset;
  const { type } = entry;
  const published = { name: type, publication, places };
  return defineDataset({
    ...entry,
    options,
    describe: () => ({ classes, exampleShape, trainingCount, testCount, nonZeros }),
    find: (_options, { dataFolder }) => findPublishedFiles(published, dataFolder).files?.source,
    async load(chosen, context) {
      const files = await findOrDownloadFiles(published, context);
      const training = readSplit(files, "trainingImages", "trainingLabels", dataset);
      if (chosen.validation !== "test") requireTrainingImages(training.count, chosen.validation);
      const test = readSplit(files, "testImages", "testLabels", dataset);
      return { name: type, source: files.source, exampleShape, classes, training, test };
    },
  });
}

function readSplit(
  { paths, remedy }: DatasetFiles,
  imagesRole: FileRole,
  labelsRole: FileRole,
  { exampleShape, classes }: { readonly exampleShape: Shape; readonly classes: number },
): Split {
  const [images, labels] = [paths[imagesRole], paths[labelsRole]];
  return createSplit(
    new IdxImages({ file: images, dimensions: 3, remedy }),
    { file: labels, ...readIdxFile({ file: labels, dimensions: 1, remedy }) },
    exampleShape,
    classes,
  );
}
