import { countElements } from "@nn/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { activations, drawTensor, expectSameBytes, wasmBackend } from "../test/same-bytes.ts";

describe("elementwise", () => {
  const length = fc.integer({ min: 1, max: 200 });

  test("activations match for extreme numbers", () => {
    const ends = [0, -0, 1e-45, -1e-45, 1e-38, 88, -88, 104, -104, 3e38, -3e38, Infinity, -Infinity];
    for (const activation of activations) {
      if (activation === undefined) continue;
      expectSameBytes((backend) => {
        const x = backend.allocate([ends.length]);
        x.data.set(ends);
        backend.activate(activation, x, x);
        return [x];
      });
    }
  });

  test("every activation propagates NaN", () => {
    const x = wasmBackend.allocate([9]);
    for (const activation of activations) {
      if (activation === undefined) continue;
      x.data.fill(NaN);
      wasmBackend.activate(activation, x, x);
      expect([...x.data]).toEqual(Array<number>(9).fill(NaN));
    }
  });

  test("allFinite detects a non-finite number at every position", () => {
    fc.assert(
      fc.property(length, fc.nat(), fc.constantFrom(NaN, Infinity, -Infinity), (n, place, bad) => {
        const release = wasmBackend.mark();
        const x = drawTensor(wasmBackend, [n], n);
        expect(wasmBackend.allFinite(x)).toBe(true);
        x.data[place % n] = bad;
        expect(wasmBackend.allFinite(x)).toBe(false);
        release();
      }),
    );
  });
});

describe("losses", () => {
  test("the loss is finite for logits of a thousand", () => {
    expectSameBytes((backend) => {
      const logits = backend.allocate([2, 3]);
      logits.data.set([1000, 0, -1000, -1000, -1000, 3e38]);
      const labels = backend.allocateIntegers(2);
      labels.set([0, 2]);
      const gradient = backend.allocate([2, 3]);
      const loss = backend.softmaxCrossEntropy(logits, labels, gradient);
      expect(loss).toBe(0);
      return [loss, gradient];
    });
  });

  test("a NaN logit makes the loss NaN and counts as wrong", () => {
    const logits = wasmBackend.allocate([1, 3]);
    logits.data.set([1, NaN, 0]);
    const labels = wasmBackend.allocateIntegers(1);
    expect(wasmBackend.softmaxCrossEntropy(logits, labels, wasmBackend.allocate([1, 3]))).toBeNaN();
    expect(wasmBackend.countCorrect(logits, labels)).toBe(0);
  });
});

describe("memory", () => {
  test("buffers are zeroed after a release, and start on a cache line", () => {
    const release = wasmBackend.mark();
    wasmBackend.allocate([100]).data.fill(7);
    release();
    const again = wasmBackend.allocate([100]);
    expect(again.data.every((value) => value === 0)).toBe(true);
    expect(again.data.byteOffset % 64).toBe(0);
    expect(countElements(again.shape)).toBe(100);
  });

  test("an array in other memory is rejected with advice", () => {
    const stranger = { shape: [3], data: new Float32Array(3) };
    expect(() => wasmBackend.activate({ kind: "relu" }, stranger, stranger)).toThrow(
      /Make tensors with backend.allocate/,
    );
  });

  test("the error for a too large allocation contains the required size", () => {
    expect(() => wasmBackend.allocate([1024, 1024, 1024])).toThrow(
      /MiB of buffers are needed, 1024 MiB are available/,
    );
  });
});
