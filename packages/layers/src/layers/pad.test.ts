import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { buildLayer } from "../testing/layer-under-test.ts";
import { testLayer } from "../testing.ts";
import { pad } from "./pad.ts";

testLayer(pad, [
  { options: { padding: 0 }, inputShape: [2, 3, 2] },
  { options: { padding: 2 }, inputShape: [5, 3, 1] },
  { options: { padding: [1, 3] }, inputShape: [1, 1, 4] },
  {
    options: {
      padding: [
        [0, 1],
        [2, 3],
      ],
    },
    inputShape: [3, 4, 2],
  },
  { options: { padding: [1, [0, 2]] }, inputShape: [3, 2, 3] },
]);

test("padding is [[top, bottom], [left, right]]", () => {
  const backend = createReferenceBackend("float64");
  const padding = [
    [0, 1],
    [2, 1],
  ];
  const { layer } = buildLayer(
    pad,
    { options: { padding }, inputShape: [1, 2, 1] },
    { backend, batchSize: 1 },
  );
  const x = backend.allocate([1, 1, 2, 1]);
  x.data.set([7, 8]);
  const y = layer.forward(x, { training: true, step: 0 });
  expect(y.shape).toEqual([1, 2, 5, 1]);
  expect([...y.data]).toEqual([0, 0, 7, 8, 0, 0, 0, 0, 0, 0]);
});
