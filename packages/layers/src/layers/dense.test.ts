import { createReferenceBackend, createRng, type Backend, type MatrixProduct, type Tensor } from "@nn/tensor";
import { expect, test } from "vitest";

import { buildLayer, runLayer } from "../testing/layer-under-test.ts";
import { drawShapes, testLayer } from "../testing.ts";
import { dense } from "./dense.ts";

testLayer(dense, [
  { options: { units: 1 }, inputShape: [1] },
  { options: { units: 10, bias: false }, inputShape: [16] },
  { options: { units: 33 }, inputShape: [7] },
  { options: { units: 18 }, inputShape: [131] },
  ...drawShapes(createRng(2), 2, 4).map(([units, D]) => ({ options: { units }, inputShape: [D!] })),
]);

const backend = createReferenceBackend("float64");

test("the bias gradient is the column sum of dy", () => {
  const built = buildLayer(dense, { options: { units: 2 }, inputShape: [3] }, { backend, batchSize: 2 });
  const x = backend.allocate([2, 3]);
  const dy = backend.allocate([2, 2]);
  dy.data.set([1, 2, 10, 20]);
  expect(runLayer(built, backend, x, dy, { training: true, step: 0 })["dbias"]).toEqual(
    Float64Array.of(11, 22),
  );
});

test("finds the non-zeros of its input once for both matrix products", () => {
  const found: Tensor[] = [];
  const products: MatrixProduct[] = [];
  const watched: Backend = {
    ...backend,
    createSparsityPattern: () => ({ find: (x) => void found.push(x) }),
    gemm(product) {
      products.push(product);
      backend.gemm(product);
    },
  };
  const built = buildLayer(
    dense,
    { options: { units: 2 }, inputShape: [3] },
    { backend: watched, batchSize: 2 },
  );
  const x = backend.allocate([2, 3]);
  runLayer(built, watched, x, backend.allocate([2, 2]), { training: true, step: 0 });
  expect(found).toEqual([x]);
  expect(products.filter(({ a }) => a === x).map(({ nonZeros }) => nonZeros !== undefined)).toEqual([
    true,
    true,
  ]);
});

test("parameters are (D, units) and (units), and the bias starts at zero", () => {
  expect(dense.plan({ units: 4, bias: true }, [3])).toMatchObject({
    outputShape: [4],
    multiplyAdds: 12,
    parameters: {
      weight: { shape: [3, 4], initialization: { fanIn: 3, fanOut: 4 } },
      bias: { shape: [4], initialization: "zeros" },
    },
  });
  expect(Object.keys(dense.plan({ units: 4, bias: false }, [3]).parameters ?? {})).toEqual(["weight"]);
});

test("images without a flatten layer are rejected", () => {
  expect(() => dense.plan({ units: 4, bias: true }, [28, 28, 1])).toThrow(
    'dense: input must be (D), got (28, 28, 1). If these are images, put a "flatten" layer before it.',
  );
});
