import { expect, test } from "vitest";

import { Predictions } from "./predictions.ts";

/** Returns a batch of outputs (N, 3) with these labels. */
function batch(outputs: readonly number[][], labels: readonly number[], first = 0) {
  const data = Float32Array.from(outputs.flat());
  const images = { shape: [outputs.length, 1], data: new Float32Array(outputs.length) };
  return [
    { shape: [outputs.length, 3], data },
    { images, labels: Int32Array.from(labels), examples: Int32Array.from(labels.keys(), (n) => first + n) },
  ] as const;
}

test("each image counts once, by actual and predicted class; of equal outputs, the first class wins", () => {
  const predictions = new Predictions(3, 3);
  predictions.add(
    ...batch(
      [
        [1, 2, 3],
        [5, 5, 0],
      ],
      [2, 1],
    ),
    0,
  );
  predictions.add(...batch([[0, 0, 0.5]], [0]), 2);
  expect(predictions.confusion).toEqual([
    [0, 0, 1],
    [1, 0, 0],
    [0, 0, 1],
  ]);
});

test("a mistake has the index of its image in the file, and its margin", () => {
  const predictions = new Predictions(3, 3);
  predictions.add(...batch([[1, 2, 3]], [2]), 0);
  predictions.add(
    ...batch(
      [
        [0, 4, 1],
        [0.25, 0, 0.75],
      ],
      [1, 0],
      1000,
    ),
    1,
  );
  expect(predictions.mistakes).toEqual([{ index: 1001, label: 0, predicted: 2, margin: 0.5 }]);
});

test("an image's rank is the number of classes before its label; of equal outputs, the first ranks first", () => {
  const predictions = new Predictions(3, 4);
  const outputs = [
    [1, 2, 3],
    [1, 2, 3],
    [5, 5, 0],
    [5, 5, 0],
  ];
  predictions.add(...batch(outputs, [2, 0, 0, 1]), 0);
  expect(predictions.ranks).toEqual([2, 1, 1]);
});

test("the outputs, labels and indices of all batches are collected, without the unused rows of a batch", () => {
  const predictions = new Predictions(3, 3);
  predictions.add(
    ...batch(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [2, 1],
      40,
    ),
    0,
  );
  const [outputs, last] = batch(
    [
      [7, 8, 9],
      [0, 0, 0],
    ],
    [0],
    7,
  );
  predictions.add(outputs, last, 2);
  expect([...predictions.outputs]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([...predictions.labels]).toEqual([2, 1, 0]);
  expect([...predictions.indices]).toEqual([40, 41, 7]);
});
