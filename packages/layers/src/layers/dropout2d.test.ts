import { createReferenceBackend, createRng, ShapeError, type Tensor } from "@nn/tensor";
import { expect, test } from "vitest";

import { buildLayer } from "../testing/layer-under-test.ts";
import { drawShapes, testLayer } from "../testing.ts";
import { dropout2d } from "./dropout2d.ts";

testLayer(dropout2d, [
  { inputShape: [4, 4, 3] },
  { options: { rate: 0 }, inputShape: [5, 2] },
  ...drawShapes(createRng(7), 3, 3).map((inputShape) => ({ options: { rate: 0.25 }, inputShape })),
]);

const backend = createReferenceBackend("float64");

function ones(shape: readonly number[]): Tensor {
  const x = backend.allocate(shape);
  x.data.fill(1);
  return x;
}

test("drops the share `rate` of the channels and scales the rest to keep the mean", () => {
  const [N, H, W, C] = [100, 2, 3, 100];
  const configuration = { options: { rate: 0.25 }, inputShape: [H, W, C] };
  const { layer } = buildLayer(dropout2d, configuration, { backend, batchSize: N });
  const y = layer.forward(ones([N, H, W, C]), { training: true, step: 0 }).data;
  let dropped = 0;
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      const pixels = Array.from({ length: H * W }, (_, p) => y[(n * H * W + p) * C + c]);
      expect(new Set(pixels).size).toBe(1);
      if (pixels[0] === 0) dropped++;
    }
  }
  expect(new Set(y)).toEqual(new Set([0, 1 / 0.75]));
  expect(Math.abs(dropped - 2500)).toBeLessThan(5 * Math.sqrt(10_000 * 0.25 * 0.75));
});

test("each step has its own mask, which the backward pass reuses", () => {
  const { layer } = buildLayer(dropout2d, { inputShape: [2, 2, 32] }, { backend, batchSize: 1 });
  const masks = [0, 1].map((step) => {
    const pass = { training: true, step };
    const y = layer.forward(ones([1, 2, 2, 32]), pass).data.slice();
    expect(layer.backward(ones([1, 2, 2, 32]), pass).data).toEqual(y);
    return y;
  });
  expect(masks[0]).not.toEqual(masks[1]);
});

test("features without positions are rejected with advice", () => {
  expect(() => dropout2d.plan({ rate: 0.5 }, [7])).toThrow(
    new ShapeError('dropout2d: input must be (H, W, C), got (7). For features, use "dropout".'),
  );
});
