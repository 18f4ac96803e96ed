import { expect, test } from "vitest";

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import { dirname, join } from "node:path";

import { encodeIdx } from "@nn/mnist";
import { encode } from "fast-png";

import { loadExperimentPlan } from "../load-experiment.ts";

async function noticesFor(
  part: object,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "nn-notices-"));
  try {
    const whole = {
      name: "mistakes",
      dataset: { type: "mnist" },
      model: { layers: endingIn("dense") },
      optimizer: { type: "sgd", learningRate: 0.1 },
      training: { epochs: 2 },
      ...part,
    };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    writeFileSync(join(folder, "experiment.yaml"), JSON.stringify(whole));
    return (await loadExperimentPlan(join(folder, "experiment.yaml"))).notices;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function endingIn(type: string): object[] {
  const dense = { type: "dense", units: 10 };
  return [{ type: "flatten" }, dense, ...(type === "dense" ? [] : [{ type }])];
}

test("an experiment without a likely mistake has no notice", async () => {
  expect(await noticesFor({})).toEqual([]);
  expect(
    await noticesFor({ model: { layers: endingIn("sigmoid") }, loss: { type: "mean-squared-error" } }),
  ).toEqual([]);
});

test.each([
  ["softmax", "cross-entropy", "the loss cross-entropy already applies a softmax"],
  ["sigmoid", "cross-entropy", "the loss cross-entropy already applies a softmax"],
  ["softmax", "focal", "the loss focal already applies a softmax"],
  ["sigmoid", "binary-cross-entropy", "the loss binary-cross-entropy already applies a sigmoid"],
  ["relu", "cross-entropy", "sets negative outputs to 0"],
  ["relu", "hinge", "sets negative outputs to 0"],
  ["softplus", "cross-entropy", "makes all outputs positive"],
  ["softplus", "hinge", "makes all outputs positive"],
  ["silu", "cross-entropy", "keeps outputs above −0.3"],
  ["dropout", "cross-entropy", "the last layer is dropout, which sets outputs of the network to 0 at random"],
  ["dropout", "mean-squared-error", "the last layer is dropout, which sets outputs of the network to 0"],
])("%s before %s gives a notice", async (type, loss, notice) => {
  expect(await noticesFor({ model: { layers: endingIn(type) }, loss: { type: loss } })).toEqual([
    expect.stringContaining(notice),
  ]);
});

const [dense, softmax, flatten] = [{ type: "dense", units: 10 }, { type: "softmax" }, { type: "flatten" }];
const square = { type: "dense", units: 784 };

test.each([
  [[flatten, dense, softmax, { type: "reshape", shape: [10] }]],
  [[flatten, dense, softmax, { type: "reshape", shape: [2, 5] }, flatten]],
  [[flatten, { type: "repeat", times: 2, layers: [dense, softmax] }]],
  [
    [
      flatten,
      {
        type: "parallel",
        join: "add",
        branches: [
          [dense, softmax],
          [square, dense, softmax],
        ],
      },
    ],
  ],
])(
  "a softmax before layers that do not change values, or inside another layer, gives a notice: %j",
  async (layers) => {
    expect(await noticesFor({ model: { layers } })).toEqual([
      "the network ends in softmax, but the loss cross-entropy already applies a softmax: end the network " +
        "in a dense layer",
    ]);
  },
);

test.each([
  [[flatten, { type: "repeat", times: 2, layers: [softmax, dense] }]],
  [[flatten, dense, { type: "residual", layers: [dense, softmax] }]],
  [[flatten, { type: "parallel", join: "add", branches: [[dense], [dense, softmax]] }]],
])("a function on only part of the output gives no notice: %j", async (layers) => {
  expect(await noticesFor({ model: { layers } })).toEqual([]);
});

test("relu before a loss that takes its outputs gives no notice", async () => {
  expect(
    await noticesFor({ model: { layers: endingIn("relu") }, loss: { type: "mean-squared-error" } }),
  ).toEqual([]);
});

test("lookahead that never moves the weights gives a notice", async () => {
  const told = (steps: number): Promise<readonly string[]> =>
    noticesFor({ training: { epochs: 2, batchSize: 100, lookahead: { steps } } });
  expect(await told(1000)).toEqual([]);
  expect(await told(1001)).toEqual([
    "training.lookahead has no effect: it moves the weights every 1001 steps, and the training has 1000 (500 per " +
      "epoch); make training.lookahead.steps smaller",
  ]);
});

test("a constraint with a text that its path never has gives a notice", async () => {
  const sweep = {
    sampler: { type: "grid" },
    parameters: { optimizer: [{ type: "sgd", learningRate: 0.1 }, { type: "adam" }] },
    constraints: ['optimizer.type != "Adam"'],
  };
  expect(await noticesFor({ sweep })).toEqual([
    'the constraint optimizer.type != "Adam" compares optimizer.type with "Adam", which is not one of its values: ' +
      '"sgd", "adam"; write "adam"',
  ]);
});

test("with pbt, a patience as long as the interval gives a notice", async () => {
  const told = (patience: number): Promise<readonly string[]> =>
    noticesFor({
      training: { epochs: 12, earlyStopping: { patience } },
      sweep: {
        sampler: { type: "pbt", population: 4, interval: 3 },
        parameters: { "optimizer.learningRate": { type: "float", min: 0.01, max: 0.1 } },
      },
    });
  expect(await told(1)).toEqual([]);
  expect(await told(3)).toEqual([
    expect.stringContaining("its patience is 3, but pbt restarts the count every 3 epochs"),
  ]);
});

test("a network without parameters gives a notice", async () => {
  const layers = [
    { type: "flatten" },
    { type: "reshape", shape: [28, 28, 1] },
    { type: "max-pool2d", poolSize: 28 },
    { type: "flatten" },
  ];
  const model = { layers: [{ type: "parallel", branches: Array.from({ length: 10 }, () => layers) }] };
  expect(await noticesFor({ model })).toEqual([
    "the network has no parameters, so there is nothing to learn",
  ]);
});

test("trials that are ranked by a swept loss cannot be compared", async () => {
  const sweep = (metric: string, path: string): object => ({
    sweep: { sampler: { type: "grid" }, metric, parameters: { [path]: [0, 0.1] } },
  });
  expect(await noticesFor(sweep("validation.loss", "loss.labelSmoothing"))).toEqual([
    expect.stringContaining("rank by validation.accuracy"),
  ]);
  expect(await noticesFor(sweep("validation.accuracy", "loss.labelSmoothing"))).toEqual([]);
  expect(await noticesFor(sweep("validation.loss", "optimizer.momentum"))).toEqual([]);
});

/**
 * Returns twelve images of 2 × 2, by default six of class 0 and six of class 1, whose pixels reach `largest`.
 */
function csvOf(largest: number, { smallest = 0, rare = 6 } = {}): string {
  const rows = Array.from({ length: 12 }, (_, row) =>
    [row < rare ? 1 : 0, row % 2 ? largest : smallest, smallest, largest, smallest].join(","),
  );
  return `class,a,b,c,d\n${rows.join("\n")}\n`;
}

/** Returns the notices for such a file, with these options of the data set. */
function noticesForCsv(text: string, options: object = {}): Promise<readonly string[]> {
  return noticesFor(
    {
      dataset: { type: "csv", training: "data.csv", test: "test.csv", ...options },
      model: { layers: [{ type: "flatten" }, { type: "dense", units: 2 }] },
      training: { epochs: 2, batchSize: 1 },
    },
    { "data.csv": text, "test.csv": text },
  );
}

test("a class whose images are all held out gives a notice", async () => {
  const rare = csvOf(255, { rare: 1 });
  // Eleven of twelve are held out, so only the class of the remaining one is learned.
  expect(await noticesForCsv(rare, { validation: 11 })).toEqual([
    expect.stringMatching(
      /^dataset\.validation: 11 holds out every image of class [01], so none is left for training; /,
    ),
  ]);
  expect(await noticesForCsv(rare, { validation: "test" })).toEqual([]);
  expect(await noticesForCsv(rare, { validation: 0 })).toEqual([]);
});

/** Writes images of 2 × 2 with these pixels and labels to `folder`, in the files of this type of data set. */
function customFiles(
  type: string,
  folder: string,
  images: readonly (readonly number[])[],
  { labels = images.map((_image, index) => index % 2), channels = 1 } = {},
): Record<string, Uint8Array> {
  if (type === "idx") {
    return {
      [`${folder}/images`]: encodeIdx({ shape: [images.length, 2, 2], data: Uint8Array.from(images.flat()) }),
      [`${folder}/labels`]: encodeIdx({ shape: [images.length], data: Uint8Array.from(labels) }),
    };
  }
  if (type === "csv") {
    const rows = images.map((image, index) => `${[labels[index], ...image].join(",")}\n`);
    return { [`${folder}/data.csv`]: Buffer.from(`class,a,b,c,d\n${rows.join("")}`) };
  }
  const png = (image: readonly number[]) =>
    encode({ width: 2, height: 2, channels, depth: 8, data: Uint8Array.from(image) });
  return Object.fromEntries(
    images.map((image, index) => [`${folder}/class-${labels[index]}/${index}.png`, png(image)]),
  );
}

/** Returns the notices for such files, with these options of the data set. */
function noticesForCustomData(
  type: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: object = {},
): Promise<readonly string[]> {
  const [training, test] = ["training", "test"];
  const paths = {
    idx: {
      trainingImages: `${training}/images`,
      trainingLabels: `${training}/labels`,
      testImages: `${test}/images`,
      testLabels: `${test}/labels`,
    },
    csv: { training: `${training}/data.csv`, test: `${test}/data.csv` },
    images: { training, test },
  }[type];
  return noticesFor(
    {
      dataset: { type, ...paths, ...options },
      model: { layers: [{ type: "flatten" }, { type: "dense", units: 2 }] },
      training: { epochs: 2, batchSize: 1 },
    },
    files,
  );
}

test.each(["idx", "images"])(
  "a class whose images are all held out gives a notice, also in a data set of type %s",
  async (type) => {
    const labels = [0, 0, 0, 1];
    const images = labels.map(() => [0, 9, 99, 255]);
    const files = {
      ...customFiles(type, "training", images, { labels }),
      ...customFiles(type, "test", images, { labels }),
    };
    expect(await noticesForCustomData(type, files, { validation: 3 })).toEqual([
      expect.stringMatching(/^dataset\.validation: 3 holds out every image of class (0|1|class-[01]), /),
    ]);
  },
);

const brighten = {
  csv: "multiply them",
  idx: "multiply every byte",
  images: "multiply the pixel values",
};
const types = ["csv", "idx", "images"] as const;

test.each(types.flatMap((type) => [[type, 1, 255] as const, [type, 16, 15] as const]))(
  "pixels of %s that never exceed %i give a notice, unless they are normalized",
  async (type, largest, factor) => {
    const images = [
      [0, 0, 0, 0],
      [0, largest, 0, 1],
    ];
    const files = { ...customFiles(type, "training", images), ...customFiles(type, "test", images) };
    expect(await noticesForCustomData(type, files)).toEqual([
      `no pixel of the training images of ${type} is above ${largest}, and white is 255: all of them are ` +
        `nearly black; ${brighten[type]} by ${factor}, or set dataset.normalize`,
    ]);
    expect(await noticesForCustomData(type, files, { normalize: true })).toEqual([]);
    // One bright image is enough, even the last one that is read.
    const bright = [...images, ...images, [0, 64, 0, 0], [0, 64, 0, 0]];
    const usual = { ...customFiles(type, "training", bright), ...customFiles(type, "test", bright) };
    expect(await noticesForCustomData(type, usual)).toEqual([]);
  },
);

test.each(types)("images of type %s whose test images have another scale give a notice", async (type) => {
  const bright = customFiles(type, "training", [
    [0, 9, 99, 255],
    [0, 255, 0, 1],
  ]);
  const dark = customFiles(type, "test", [
    [0, 1, 0, 1],
    [0, 0, 0, 1],
  ]);
  const told =
    `no pixel of the test images of ${type} is above 1, but the training images of ${type} have brighter ` +
    `pixels: the two sets seem to have different scales; ${brighten[type]} by 255`;
  expect(await noticesForCustomData(type, { ...bright, ...dark })).toEqual([told]);
  expect(await noticesForCustomData(type, { ...bright, ...dark }, { normalize: true })).toEqual([told]);
});

test.each([
  ["opaque", [0, 255, 1, 255, 0, 255, 1, 255], [expect.stringContaining("is above 1, and white is 255")]],
  ["drawn in its opacity", [0, 255, 0, 0, 0, 9, 0, 255], []],
  [
    "of nothing",
    [0, 255, 0, 255, 0, 255, 0, 255],
    [expect.stringContaining("every pixel of the training images")],
  ],
])("opacity is not brightness, and may be a drawing: images %s", async (_what, image, notices) => {
  const files = customFiles("images", "training", [image, image], { channels: 2 });
  const tested = customFiles("images", "test", [image, image], { channels: 2 });
  expect(await noticesForCustomData("images", { ...files, ...tested })).toEqual(notices);
});

test("a compressed IDX file is read to its end if its start is dark", async () => {
  const images = Array.from({ length: 20_000 }, (_, index) => [0, 1, index === 19_999 ? 99 : 0, 1]);
  const plain = { ...customFiles("idx", "training", images), ...customFiles("idx", "test", images) };
  expect(await noticesForCustomData("idx", plain)).toEqual([]);
  const packed = Object.fromEntries(Object.entries(plain).map(([name, bytes]) => [name, gzipSync(bytes)]));
  expect(await noticesForCustomData("idx", packed)).toEqual([]);
});

test("pixels that are all equal give a notice, and are a mistake if they are normalized", async () => {
  const grey = csvOf(7, { smallest: 7 });
  expect(await noticesForCsv(grey)).toEqual([
    "every pixel of the training images of csv is 7: a network cannot learn from them",
  ]);
  await expect(noticesForCsv(grey, { normalize: true })).rejects.toThrow(
    "dataset.normalize divides by the standard deviation of the pixels, which is 0: every pixel of " +
      "the training images is 7",
  );
});

test("decayBias: false without weight decay has a notice", async () => {
  const optimizer = { type: "sgd", learningRate: 0.1 };
  const training = { epochs: 2, decayBias: false };
  expect(await noticesFor({ optimizer, training })).toEqual([
    "training.decayBias: false has no effect, because optimizer.weightDecay is 0; set it, or remove decayBias",
  ]);
  expect(await noticesFor({ optimizer: { ...optimizer, weightDecay: 0.01 }, training })).toEqual([]);
});

test.each([
  [{ batchSize: 10_000, accumulate: 6 }, 0],
  [{ batchSize: 10_000, accumulate: 7 }, 1],
])("%j of 60,000 images has %i notices", async (sizes, count) => {
  const dataset = { type: "mnist", validation: 0 };
  const notices = await noticesFor({ dataset, training: { epochs: 2, ...sizes } });
  expect(
    notices.filter((text) => text.startsWith("training.accumulate: 7 is more than the 6 batches")),
  ).toHaveLength(count);
});
