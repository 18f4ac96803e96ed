import { expect, test } from "vitest";

import { Predictions } from "./confusion-matrix.ts";

/** Returns a batch of outputs (N, 3) with these labels. */
function batch(outputs: readonly number[][], labels: readonly number[]) {
  const data = Float32Array.from(outputs.flat());
  const images = { shape: [outputs.length, 1], data: new Float32Array(outputs.length) };
  return [
    { shape: [outputs.length, 3], data },
    { images, labels: Int32Array.from(labels), examples: Int32Array.from(labels.keys()) },
  ] as const;
}

test("each image counts once, by actual and predicted class; of equal outputs, the first class wins", () => {
  const predictions = new Predictions(3);
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

test("a mistake has its index in the whole set and its margin", () => {
  const predictions = new Predictions(3);
  predictions.add(...batch([[1, 2, 3]], [2]), 0);
  predictions.add(
    ...batch(
      [
        [0, 4, 1],
        [0.25, 0, 0.75],
      ],
      [1, 0],
    ),
    1000,
  );
  expect(predictions.mistakes).toEqual([{ index: 1001, label: 0, predicted: 2, margin: 0.5 }]);
});

test("an image's rank is the number of classes before its label; of equal outputs, the first ranks first", () => {
  const predictions = new Predictions(3);
  const outputs = [
    [1, 2, 3],
    [1, 2, 3],
    [5, 5, 0],
    [5, 5, 0],
  ];
  predictions.add(...batch(outputs, [2, 0, 0, 1]), 0);
  expect(predictions.ranks).toEqual([2, 1, 1]);
});
