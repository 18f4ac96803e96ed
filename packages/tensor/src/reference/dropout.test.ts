import { describe, expect, test } from "vitest";

import { createRng } from "../rng.ts";
import { streamWord } from "../threefry.ts";
import { float32Backend, float64Backend, randomNormal, tensor } from "./sample-tensors.ts";

describe("dropout", () => {
  const key = createRng(4).fork("dropout").key;

  test("keeps and scales element i if word i of the stream is at or above the threshold", () => {
    for (const backend of [float32Backend, float64Backend]) {
      const x = randomNormal(backend, [5, 7], 1);
      const out = backend.allocate([5, 7]);
      backend.dropout(x, 0.3, key, out);
      const scale = backend.precision === "float32" ? Math.fround(1 / (1 - 0.3)) : 1 / (1 - 0.3);
      for (let i = 0; i < 35; i++) {
        const kept = streamWord(key, i) >= Math.round(0.3 * 2 ** 32);
        const product = x.data[i]! * (kept ? scale : 0);
        expect(out.data[i]).toBe(backend.precision === "float32" ? Math.fround(product) : product);
      }
    }
  });

  test("drops the given fraction and keeps the mean", () => {
    const count = 40_000;
    const x = float64Backend.allocate([count]);
    x.data.fill(1);
    float64Backend.dropout(x, 0.2, key, x);
    const kept = x.data.filter((value) => value !== 0).length;
    expect(Math.abs(kept - 0.8 * count)).toBeLessThan(4 * Math.sqrt(0.2 * 0.8 * count));
    expect(x.data.find((value) => value !== 0)).toBe(1.25);
  });

  test("changes nothing at rate 0, and the backward pass has the mask of the forward pass", () => {
    const x = randomNormal(float32Backend, [100], 3);
    const out = float32Backend.allocate([100]);
    float32Backend.dropout(x, 0, key, out);
    expect(out.data).toEqual(x.data);

    float32Backend.dropout(x, 0.5, key, out);
    const dx = float32Backend.allocate([100]);
    float32Backend.dropout(
      tensor(
        float32Backend,
        [100],
        x.data.map(() => 1),
      ),
      0.5,
      key,
      dx,
    );
    for (let i = 0; i < 100; i++) expect(dx.data[i] === 0).toBe(out.data[i] === 0);
  });
});
