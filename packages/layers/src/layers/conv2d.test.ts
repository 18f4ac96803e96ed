import { completeOptions } from "@nn/catalog/testing/complete-options";
import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { planModel } from "../model/model.ts";
import { buildLayer, runLayer } from "../testing/layer-under-test.ts";
import { testLayer } from "../testing.ts";
import { conv2d } from "./conv2d.ts";
import { flatten } from "./flatten.ts";

testLayer(conv2d, [
  { options: { filters: 1, kernelSize: 1 }, inputShape: [1, 1, 1] },
  { options: { filters: 3, kernelSize: 3 }, inputShape: [5, 4, 2] },
  { options: { filters: 2, kernelSize: [3, 2], padding: "same", stride: 2 }, inputShape: [5, 7, 1] },
  { options: { filters: 2, kernelSize: 5, padding: 2, bias: false }, inputShape: [3, 4, 3] },
  { options: { filters: 4, kernelSize: 2, groups: 2, stride: [1, 3] }, inputShape: [3, 5, 6] },
  { options: { filters: 3, kernelSize: 3, groups: 3, padding: "same" }, inputShape: [4, 3, 3] }, // depthwise
  // Depthwise, two filters per channel.
  { options: { filters: 6, kernelSize: [1, 3], groups: 3, padding: 1 }, inputShape: [3, 3, 3] },
  { options: { filters: 2, kernelSize: 3, dilation: 2, padding: "same" }, inputShape: [5, 6, 1] },
  { options: { filters: 2, kernelSize: 2, dilation: [3, 1], stride: 2, padding: 1 }, inputShape: [5, 5, 2] },
  ...randomWindows(6),
]);

/** Generates windows on small images. */
function randomWindows(count: number) {
  const rng = createRng(5);
  const upTo = (largest: number) => 1 + rng.integer(largest);
  return Array.from({ length: count }, () => {
    const groups = upTo(3);
    const filters = groups * upTo(2);
    const [kernelSize, stride, dilation] = [3, 3, 2].map((largest) => [upTo(largest), upTo(largest)]);
    return {
      options: { filters, kernelSize, stride, dilation, groups, padding: "same" },
      inputShape: [upTo(5), upTo(5), groups * upTo(2)],
    };
  });
}

const backend = createReferenceBackend("float64");
const plainOptions = {
  filters: 4,
  kernelSize: 3,
  stride: 1,
  padding: "valid",
  dilation: 1,
  groups: 1,
  bias: true,
} as const;

test("the bias gradient is the sum of dy over images and positions", () => {
  const configuration = { options: { filters: 2, kernelSize: 1 }, inputShape: [1, 2, 1] };
  const built = buildLayer(conv2d, configuration, { backend, batchSize: 2 });
  const dy = backend.allocate([2, 1, 2, 2]);
  dy.data.set([1, 2, 10, 20, 100, 200, 1000, 2000]);
  const { dbias } = runLayer(built, backend, backend.allocate([2, 1, 2, 1]), dy, { training: true, step: 0 });
  expect(dbias).toEqual(Float64Array.of(1111, 2222));
});

test("LeNet's first layer: 6 filters of 5 × 5, 156 parameters, 117,600 or 86,400 multiply-adds", () => {
  const lenet = { filters: 6, kernelSize: 5 };
  const padded = { definition: conv2d, options: completeOptions(conv2d, { ...lenet, padding: "same" }) };
  expect(planModel([padded], [28, 28, 1])).toMatchObject({
    outputShape: [28, 28, 6],
    parameters: 156,
    multiplyAdds: 117_600,
  });
  expect(conv2d.plan({ ...plainOptions, ...lenet }, [28, 28, 1])).toMatchObject({
    outputShape: [24, 24, 6],
    multiplyAdds: 86_400,
  });
});

test("fanIn is the number of weights of one output, fanOut the number of weights of one pixel", () => {
  const plan = conv2d.plan({ ...plainOptions, filters: 8, kernelSize: [3, 5], groups: 2 }, [9, 9, 4]);
  expect(plan.parameters).toEqual({
    weight: { shape: [3, 5, 2, 8], initialization: { fanIn: 30, fanOut: 60 } },
    bias: { shape: [8], initialization: "zeros" },
  });
  const unbiased = conv2d.plan({ ...plainOptions, bias: false }, [9, 9, 4]);
  expect(Object.keys(unbiased.parameters!)).toEqual(["weight"]);
});

test("after a flatten layer, the error states where to put the layer", () => {
  const layers = [
    { definition: flatten, options: {} },
    { definition: conv2d, options: plainOptions },
  ];
  expect(() => planModel(layers, [28, 28, 1])).toThrow(
    "conv2d: input must be images (H, W, C), got (784). " +
      'Put this layer before the one that removes rows and columns, such as "flatten" or a global pooling.',
  );
});

test("groups must divide channels and filters", () => {
  expect(() => conv2d.plan({ ...plainOptions, filters: 8, groups: 3 }, [9, 9, 6])).toThrow(
    "conv2d: groups must divide the 6 channels of the input and the 8 filters, got 3. " +
      "Choose a number that divides both.",
  );
});
