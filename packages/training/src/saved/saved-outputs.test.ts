import { encodeSafetensors } from "@nn/results";
import fc from "fast-check";
import { expect, test } from "vitest";

import { Predictions } from "../metrics/predictions.ts";
import { decodeOutputs, encodeOutputs } from "./saved-outputs.ts";

function predictions(): Predictions {
  const collected = new Predictions(2, 3);
  const images = { shape: [3, 1], data: new Float32Array(3) };
  const batch = { images, labels: Int32Array.of(0, 1, 1), examples: Int32Array.of(5, 59_999, 0) };
  collected.add({ shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }, batch, 0);
  return collected;
}

const bytes = encodeOutputs({ validation: predictions(), test: predictions() });

test("outputs, labels and indices of both sets are read as they were written", () => {
  const { validation, test: tested } = decodeOutputs(bytes, "x");
  expect(validation).toEqual(tested);
  expect(validation).toEqual({
    outputs: Float32Array.of(1, 2, 3, 4, 5, 6),
    classes: 2,
    labels: Int32Array.of(0, 1, 1),
    indices: Int32Array.of(5, 59_999, 0),
  });
  expect(decodeOutputs(encodeOutputs({ test: predictions() }), "x").validation).toBeUndefined();
});

test.each([
  ["no labels", [["test.outputs", [1, 2]]], 'x: expected a tensor "test.labels"'],
  ["a flat tensor", [["test.outputs", [2]]], "x: expected test.outputs of shape (N, C), got (2)"],
  [
    "another number of labels",
    [
      ["test.outputs", [2, 2]],
      ["test.labels", [3]],
    ],
    "x: expected test.labels of shape (2), got (3)",
  ],
  [
    "a label beyond the classes",
    [
      ["test.outputs", [1, 1]],
      ["test.labels", [1]],
    ],
    "x: expected labels from 0 to 0 in test.labels, got 1",
  ],
  [
    "an infinite output",
    [
      ["test.outputs", [1, 1], Infinity],
      ["test.labels", [1]],
    ],
    "x: expected finite numbers in test.outputs, got Infinity",
  ],
] as const)("a file with %s is refused", (_what, tensors, message) => {
  const file = encodeSafetensors(
    tensors.map(([name, shape, value = 1]) => {
      const size = shape.reduce((product: number, extent) => product * extent, 1);
      return [name, { shape, data: new Float32Array(size).fill(value) }] as const;
    }),
  );
  expect(() => decodeOutputs(file, "x")).toThrow(message);
});

test("damaged bytes are an error, or other valid outputs", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: bytes.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, change) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = damaged[at]! ^ change;
        expect(["Object", "RunDirectoryError"]).toContain(outcomeOf(damaged));
      },
    ),
    { numRuns: 300 },
  );
});

function outcomeOf(damaged: Uint8Array): string {
  try {
    return decodeOutputs(damaged, "x").constructor.name;
  } catch (error) {
    return error instanceof Error ? error.constructor.name : "";
  }
}
