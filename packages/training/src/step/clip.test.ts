import type { Parameter } from "@nn/layers";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { clipGradientNorm, clipGradientValue } from "./clip.ts";

const backend = createReferenceBackend("float64");

function parametersWith(...gradients: number[][]): Parameter[] {
  return gradients.map((numbers, i) => {
    const gradient = backend.allocate([numbers.length]);
    gradient.data.set(numbers);
    return { name: `${i}`, value: backend.allocate([numbers.length]), gradient };
  });
}

const gradientsOf = (parameters: readonly Parameter[]) =>
  parameters.map(({ gradient }) => Array.from(gradient.data));

test("a number beyond the limit becomes the limit, with its sign; NaN stays NaN", () => {
  const parameters = parametersWith([0.5, -3, 2], [-0.25, NaN]);
  clipGradientValue(parameters, 1);
  expect(gradientsOf(parameters)).toEqual([
    [0.5, -1, 1],
    [-0.25, NaN],
  ]);
});

test("gradients with a norm above the limit are scaled to it together and keep their direction", () => {
  const parameters = parametersWith([3, 0], [0, -4]);
  clipGradientNorm(parameters, 2.5); // ‖(3, 0, 0, −4)‖ = 5
  expect(gradientsOf(parameters)).toEqual([
    [1.5, 0],
    [0, -2],
  ]);
});

test("gradients within the limit are unchanged, to the bit", () => {
  const parameters = parametersWith([3, 0.1], [-4]);
  clipGradientNorm(parameters, 6);
  expect(gradientsOf(parameters)).toEqual([[3, 0.1], [-4]]);
});
