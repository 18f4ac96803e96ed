import { predictionsFromProbabilities } from "@nn/insight";
import { expect, test } from "vitest";

import { chooseImages } from "./choose-images.ts";
import type { SetPredictions } from "./outputs.ts";

/** Two classes: the probability of class 1 for each image. */
function outputs(trial: number, labels: readonly number[], second: readonly number[]): SetPredictions {
  const probabilities = second.flatMap((probability) => [1 - probability, probability]);
  return {
    trial,
    predictions: predictionsFromProbabilities(probabilities, labels, 2),
    indices: Int32Array.from(labels.keys()),
  };
}

test("mistakes, the least certain right answers and disagreements are shown; other images are not", () => {
  const labels = Array.from({ length: 100 }, (_, image) => image % 2);
  const right = labels.map(
    (label, image) => (label === 1 ? 0.99 : 0.01) + (image / 1e5) * (label === 1 ? -1 : 1),
  );
  const first = outputs(1, labels, right.with(10, 0.9));
  const second = outputs(2, labels, right.with(20, 0.8));
  const chosen = chooseImages([first, second], 100);
  // Image 10 is a mistake of the first network, image 20 of the second. Of the correct predictions, the 12
  // least confident per class are chosen.
  expect(chosen).toContain(10);
  expect(chosen).toContain(20);
  expect(chosen.filter((image) => image >= 76)).toHaveLength(24);
  expect(chosen).toHaveLength(26);
  expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
});

test("no more images are chosen than there is room for, and mistakes of the first network come first", () => {
  const labels = Array.from({ length: 9000 }, () => 0);
  const networks = Array.from({ length: 3 }, (_, at) =>
    outputs(
      at,
      labels,
      labels.map((_, image) => (image % 3 === at ? 0.9 : 0.2)),
    ),
  );
  const chosen = chooseImages(networks, 30);
  expect(chosen).toHaveLength(30);
  // All mistakes of the first network are in one cell. 20 of them are shown: every third image.
  expect(chosen.filter((image) => image % 3 === 0).length).toBeGreaterThanOrEqual(20);
});
