import { expect, test } from "vitest";

import { getProbabilityFunction } from "./probability-function.ts";

const functionFor = (loss: string, ...layers: readonly string[]) =>
  getProbabilityFunction({
    model: { initializer: { type: "he" }, layers: layers.map((type) => ({ type })) },
    loss: { type: loss },
  });

test("probabilities are the softmax of the outputs, and their sigmoids with binary cross-entropy", () => {
  expect(functionFor("cross-entropy", "flatten", "dense")).toBe("softmax");
  expect(functionFor("mean-squared-error", "flatten", "dense")).toBe("softmax");
  expect(functionFor("./losses/mine.ts", "dense")).toBe("softmax");
  expect(functionFor("binary-cross-entropy", "dense")).toBe("sigmoid");
});

test("the outputs of a last softmax are the probabilities, unless the loss applies another function", () => {
  expect(functionFor("mean-squared-error", "dense", "softmax")).toBe("identity");
  expect(functionFor("hinge", "dense", "softmax")).toBe("identity");
  expect(functionFor("huber", "softmax", "dense")).toBe("softmax");
  expect(functionFor("cross-entropy", "dense", "softmax")).toBe("softmax");
  expect(functionFor("binary-cross-entropy", "dense", "softmax")).toBe("sigmoid");
});
