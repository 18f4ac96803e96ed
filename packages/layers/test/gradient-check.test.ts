import { computeNumericGradient, computeRelativeError } from "@nn/layers/testing";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { dense } from "../src/layers/dense.ts";
import { findGradientErrors } from "../src/testing/layer-gradients.ts";
import { buildLayer, type LayerUnderTest } from "../src/testing/layer-under-test.ts";

test("the numeric gradient of a cubic is its derivative", () => {
  const x = Float64Array.of(-2, 0.5, 3);
  const gradient = computeNumericGradient(x, () => x.reduce((sum, value) => sum + value ** 3, 0));
  expect(computeRelativeError(gradient, Float64Array.of(12, 0.75, 27))).toBeLessThan(1e-8);
  expect(x).toEqual(Float64Array.of(-2, 0.5, 3));
});

test("one wrong number in a thousand is detected", () => {
  const right = Float64Array.from({ length: 1000 }, (_, i) => i + 1);
  const wrong = right.with(0, 1.01);
  expect(computeRelativeError(wrong, right)).toBeGreaterThan(1e-3);
});

test("an error in the sixth digit of a backward pass is detected, and the gradient is named", () => {
  const backend = createReferenceBackend("float64");
  const configuration = { options: { units: 3 }, inputShape: [4] };
  const built = buildLayer(dense, configuration, { backend, batchSize: 2 });
  const bias = built.parameters.get("bias")!;
  const wrong: LayerUnderTest = {
    ...built,
    layer: {
      ...built.layer,
      backward(dy, pass) {
        const dx = built.layer.backward(dy, pass);
        bias.gradient.data[1]! *= 1 + 1e-5;
        return dx;
      },
    },
  };
  const pass = { training: true, step: 0 };
  expect(findGradientErrors(built, configuration, 2, pass)).toEqual([]);
  expect(findGradientErrors(wrong, configuration, 2, pass)).toEqual([
    expect.stringMatching(
      new RegExp(
        /^dbias\[1\]: backward gives -?[\d.]+, central differences give -?[\d.]+: the relative error /
          .source + /is 1\.0e-5, and at most 1e-6 is allowed$/.source,
      ),
    ),
  ]);
});
