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

test("a last softmax is found inside repeat and before layers that change only the shape", () => {
  const functionOf = (...layers: readonly { readonly type: string; readonly [option: string]: unknown }[]) =>
    getProbabilityFunction({
      model: { initializer: { type: "he" }, layers },
      loss: { type: "mean-squared-error" },
    });
  const [dense, softmax] = [{ type: "dense" }, { type: "softmax" }];
  expect(functionOf(dense, { type: "repeat", times: 2, layers: [dense, softmax] })).toBe("identity");
  expect(functionOf(dense, softmax, { type: "reshape", shape: [10] })).toBe("identity");
  expect(functionOf(dense, softmax, { type: "flatten" })).toBe("identity");
  expect(functionOf({ type: "repeat", times: 2, layers: [softmax, dense] })).toBe("softmax");
  const branches = [
    [dense, softmax],
    [dense, softmax],
  ];
  expect(functionOf({ type: "parallel", join: "add", branches })).toBe("softmax");
});
