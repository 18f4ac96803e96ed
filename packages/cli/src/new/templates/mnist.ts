import type { EntryKind, EntryTemplate } from "../template.ts";

/** The templates for the catalogs of `@nn/mnist`. */
export const mnistTemplates = {
  augmentation: {
    package: "mnist",
    folder: "augment",
    golden: undefined,
    source: (type, value) => `import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** new = old + share · (black − old). One share per image is drawn uniformly between 0 and most. */
export const ${value} = defineAugmentation({
  type: "${type}",
  description: "Makes an image darker.",
  options: Type.Object({
    most: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "Largest fraction of black that is blended into the image.",
    }),
  }),

  plan: ({ most }, { height, width, channels, black }) => ({
    transformPixels(rng, images, start) {
      const share = rng.uniformBetween(0, most);
      const end = start + height * width * channels;
      for (let i = start; i < end; i++) images[i] = images[i]! + share * (black - images[i]!);
    },
  }),
});
`,
    test: (type, value) => `import { testAugmentation } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testAugmentation(${value}, { nothing: { most: 0 }, something: { most: 0.5 } });
`,
  },

  dataset: {
    package: "mnist",
    folder: "datasets",
    golden: undefined,
    source: (type, value) => `import { createRng } from "@nn/tensor";
import { Type } from "typebox";

import type { Split } from "../dataset.ts";
import { customValidationOption, defineDataset, normalizeOption } from "../definition.ts";
import { requireTrainingImages } from "../split.ts";

const [TRAINING, TEST] = [1000, 200];

/**
 * Images (size, size, 1) of stripes with random width and offset. Class 0 is horizontal, class 1 is vertical.
 */
export const ${value} = defineDataset({
  type: "${type}",
  description: "Generated images of horizontal or vertical stripes.",
  options: Type.Object({
    size: Type.Integer({
      minimum: 4,
      maximum: 64,
      default: 16,
      description: "Rows and columns of an image.",
    }),
    validation: customValidationOption,
    normalize: normalizeOption,
  }),

  describe: ({ size }) => ({
    exampleShape: [size, size, 1],
    classes: 2,
    trainingCount: TRAINING,
    testCount: TEST,
  }),

  // This data set reads no files. A data set that reads files returns their location here, like csv.ts.
  find: () => "its own code",

  load({ size, validation }) {
    if (validation !== "test") requireTrainingImages(TRAINING, validation);
    return Promise.resolve({
      name: \`${type} \${size}\`,
      source: "its own code",
      exampleShape: [size, size, 1],
      classes: 2,
      training: drawSplit("training", TRAINING, size),
      test: drawSplit("test", TEST, size),
    });
  },
});

function drawSplit(name: string, count: number, size: number): Split {
  const images = new Uint8Array(count * size * size);
  const labels = Uint8Array.from({ length: count }, (_, n) => n % 2);
  for (let n = 0; n < count; n++) {
    const rng = createRng(1).fork(name).fork(n);
    const [width, place] = [1 + rng.integer(3), rng.integer(8)];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const across = place + (labels[n] === 0 ? y : x);
        images[(n * size + y) * size + x] = Math.floor(across / width) % 2 === 0 ? 0 : 255;
      }
    }
  }
  return { images, labels, count };
}
`,
    test: (type, value) => `import { testDataset } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testDataset(${value}, [{ options: { size: 8 }, files: () => ({ dataFolder: "/nowhere" }) }]);
`,
  },
} satisfies Partial<Record<EntryKind, EntryTemplate>>;
