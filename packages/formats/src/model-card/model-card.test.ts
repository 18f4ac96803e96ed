import { readFileSync } from "node:fs";

import { layers, planModel, resolveLayer } from "@nn/layers";
import { completeOptions } from "@nn/catalog/testing/complete-options";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { createRandomNetwork } from "../testing/layer-networks.ts";
import { createModelCard } from "./model-card.ts";
import type { ModelCardInput } from "./model-card-input.ts";

const blocks = [
  { type: "flatten" },
  { type: "repeat", times: 2, layers: [{ type: "dense", units: 8 }, { type: "relu" }] },
  { type: "dense", units: 2 },
];
const plan = planModel(
  blocks.map((block) =>
    resolveLayer(block, { find: (type) => layers.get(type)!, complete: completeOptions }),
  ),
  [20, 20, 3],
);
const spec = {
  ...createRandomNetwork({ name: "small", inputShape: [20, 20, 3], layers: blocks }).spec,
  dataset: { type: "images", path: "photos", validation: 500, normalize: true },
  augment: [{ type: "shift", pixels: 2 }],
};

const card: ModelCardInput = {
  name: "cats",
  description: "Tells cats from dogs",
  run: "cats",
  trial: 4,
  seed: 2,
  spec,
  epochs: 12,
  bestEpoch: 9,
  selection: {
    configurations: 1200,
    metric: "validation.accuracy",
    parameters: { "optimizer.learningRate": "0.1" },
  },
  data: {
    title: "Cats | dogs",
    trainingImages: 12_345,
    validationImages: 500,
    testImages: 1000,
    inputShape: [20, 20, 3],
    classes: 2,
    classNames: ["cat", "dog"],
    sha256: "abc123",
  },
  network: plan,
  metrics: { validation: { loss: 0.25, accuracy: 0.91 }, test: { loss: 0.26123456, accuracy: 0.9 } },
  repeats: [
    { seed: 1, validation: { loss: 0.35, accuracy: 0.89 }, test: { loss: 0.3, accuracy: 0.88 } },
    { seed: 2, validation: { loss: 0.25, accuracy: 0.91 }, test: { loss: 0.26123456, accuracy: 0.9 } },
    { seed: 3, validation: { loss: 0.45, accuracy: 0.9 }, test: { loss: 0.31, accuracy: 0.92 } },
  ],
  license: "mit",
  version: "0.1.0",
  commit: "0123abc",
};

function frontMatterOf(text: string): unknown {
  return parse(/^---\n([^]*?)\n---\n/.exec(text)![1]!);
}

test("the whole card reads as in the committed example", async () => {
  await expect(createModelCard(card)).toMatchFileSnapshot("../../golden/model-card.md");
});

test("the front matter is a model-index with all digits, on the test and the validation images", () => {
  const task = { type: "image-classification", name: "Image classification" };
  const dataset = { type: "images", name: "Cats | dogs" };
  expect(frontMatterOf(createModelCard(card))).toEqual({
    license: "mit",
    library_name: "nn-from-scratch",
    pipeline_tag: "image-classification",
    tags: ["image-classification", "nn-from-scratch"],
    datasets: ["images"],
    metrics: ["accuracy"],
    "model-index": [
      {
        name: "cats",
        results: [
          {
            task,
            dataset: { ...dataset, split: "test" },
            metrics: [
              { type: "accuracy", value: 0.9, name: "Test accuracy" },
              { type: "loss", value: 0.26123456, name: "Test loss" },
            ],
          },
          {
            task,
            dataset: { ...dataset, split: "validation" },
            metrics: [
              { type: "accuracy", value: 0.91, name: "Validation accuracy" },
              { type: "loss", value: 0.25, name: "Validation loss" },
            ],
          },
        ],
      },
    ],
  });
});

test("a name of a class that contains a comma is in quotes", () => {
  const classNames = ["cat, black", "dog"];
  expect(createModelCard({ ...card, data: { ...card.data, classNames } })).toContain(
    '2 classes: "cat, black", dog.',
  );
});

test("names of classes and texts of the user are shown as they are, and are no markup", () => {
  const text = createModelCard({
    ...card,
    description: "Tells <b>cats</b>\n# from dogs",
    data: { ...card.data, title: "*Cats*", classNames: ["<b>cat", "\u001B[31mdog"] },
    selection: { ...card.selection!, parameters: { "dataset.path": "a|<i>b" } },
  });
  expect(text).toContain(String.raw`Tells \<b>cats\</b> # from dogs.`);
  expect(text).toContain("\\*Cats\\* (`images`): 2 classes: \\<b>cat, �\\[31mdog.");
  expect(text).toContain(String.raw`| a\|\<i>b (swept) `);
  expect(text).not.toMatch(/(?<!\\)<[bi]>/);
  expect(text).not.toContain("\u001B");
});

test("an unknown license is left out", () => {
  expect(frontMatterOf(createModelCard({ ...card, license: undefined }))).not.toHaveProperty("license");
});

test("several seeds have their mean ± the sample standard deviation, one seed a warning", () => {
  // Of 0.88, 0.9 and 0.92: mean 0.9, deviation √((0.02² + 0 + 0.02²) / 2) = 0.02.
  expect(createModelCard(card)).toMatch(
    /^\| test +\| +90\.00 % \| 0\.2612 \| +90\.00 ± 2\.00 % \| 0\.2904 ± 0\.0258 \|$/m,
  );
  const one = createModelCard({ ...card, repeats: card.repeats.slice(1, 2) });
  expect(one).toContain("These results are from one seed.");
  expect(one).not.toContain("±");
});

test("validation on the test set is stated, and counts as one result", () => {
  const text = createModelCard({
    ...card,
    spec: { ...spec, dataset: { ...spec.dataset, validation: "test" } },
  });
  expect(text).toContain("All choices by validation metrics used the test set");
  expect(text).not.toContain("The test set was not used");
  expect(text.match(/split: /g)).toHaveLength(1);
});

test("without a sweep, the card has no section about model selection", () => {
  const text = createModelCard({ ...card, selection: undefined });
  expect(text).toContain("- The test set was not used to train or to select this network.\n");
  expect(text).not.toContain("the best of");
});

test("custom layers and test-time augmentation are listed as limitations", () => {
  const [first] = plan.layers;
  const custom = { ...plan, layers: [{ ...first!, type: "./swish.ts" }] };
  const evaluation = { views: 5, augment: [] };
  const text = createModelCard({ ...card, network: custom, spec: { ...spec, evaluation } });
  expect(text).toContain("- It has custom layers");
  expect(text).toContain("the mean output of 5 views");
});

test("the example names only scripts of this project", () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../../../package.json", import.meta.url), "utf8"),
  );
  const commands = [...createModelCard(card).matchAll(/^pnpm run (\w+) (\S+) /gm)];
  expect(commands.map(([, script, run]) => [script, run])).toEqual([
    ["predict", "cats"],
    ["evaluate", "cats"],
    ["export", "cats"],
  ]);
  for (const [, script] of commands) expect(manifest).toHaveProperty(["scripts", script!]);
});
