import { defineIdxDataset } from "../idx-dataset.ts";

/** Fashion-MNIST: 70,000 grayscale images (28, 28, 1) of ten kinds of clothing. */
export const fashionMnist = defineIdxDataset({
  type: "fashion-mnist",
  description:
    "Fashion-MNIST: pictures of ten kinds of clothing in the format of MNIST, harder than the digits.",
  example: "{ type: fashion-mnist, validation: 10000 }",
  paper:
    "Xiao, Rasul & Vollgraf 2017, Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
  classes: 10,
  exampleShape: [28, 28, 1],
  trainingCount: 60_000,
  testCount: 10_000,
  nonZeros: 0.498,
  places: [
    {
      origin: "Debian's package dataset-fashion-mnist",
      folder: "/usr/share/datasets/fashion-mnist",
      remedy: "Install the package again (apt-get install --reinstall dataset-fashion-mnist).",
    },
  ],
  publication: {
    md5: {
      trainingImages: "f4a8712d7a061bf5bd6d2ca38dc4d50a",
      trainingLabels: "9018921c3c673c538a1fc5bad174d6f9",
      testImages: "8181f5470baa50b63fa0f6fddb340f0a",
      testLabels: "15d484375f8d13e6eb1aabb0c3f46965",
    },
    mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
  },
});
