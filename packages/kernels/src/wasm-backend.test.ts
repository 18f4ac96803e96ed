import { sizeOf } from "@nn/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { activations, draw, sameBytes, wasm } from "../test/same-bytes.ts";

describe("elementwise", () => {
  const length = fc.integer({ min: 1, max: 200 });

  test("activations of numbers at the ends of the range", () => {
    const ends = [0, -0, 1e-45, -1e-45, 1e-38, 88, -88, 104, -104, 3e38, -3e38, Infinity, -Infinity];
    for (const activation of activations) {
      if (activation === undefined) continue;
      sameBytes((backend) => {
        const x = backend.allocate([ends.length]);
        x.data.set(ends);
        backend.activate(activation, x, x);
        return [x];
      });
    }
  });

  test("NaN stays NaN in every activation", () => {
    const x = wasm.allocate([9]);
    for (const activation of activations) {
      if (activation === undefined) continue;
      x.data.fill(NaN);
      wasm.activate(activation, x, x);
      expect([...x.data]).toEqual(Array<number>(9).fill(NaN));
    }
  });

  test("a non-finite number is found at every position", () => {
    fc.assert(
      fc.property(length, fc.nat(), fc.constantFrom(NaN, Infinity, -Infinity), (n, place, bad) => {
        const release = wasm.mark();
        const x = draw(wasm, [n], n);
        expect(wasm.allFinite(x)).toBe(true);
        x.data[place % n] = bad;
        expect(wasm.allFinite(x)).toBe(false);
        release();
      }),
    );
  });
});

describe("losses", () => {
  test("logits of a thousand give a finite loss", () => {
    sameBytes((backend) => {
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

  test("a NaN among the logits is a NaN loss and a wrong answer", () => {
    const logits = wasm.allocate([1, 3]);
    logits.data.set([1, NaN, 0]);
    const labels = wasm.allocateIntegers(1);
    expect(wasm.softmaxCrossEntropy(logits, labels, wasm.allocate([1, 3]))).toBeNaN();
    expect(wasm.countCorrect(logits, labels)).toBe(0);
  });
});

describe("memory", () => {
  test("buffers start zeroed after a release, and on a cache line", () => {
    const release = wasm.mark();
    wasm.allocate([100]).data.fill(7);
    release();
    const again = wasm.allocate([100]);
    expect(again.data.every((value) => value === 0)).toBe(true);
    expect(again.data.byteOffset % 64).toBe(0);
    expect(sizeOf(again.shape)).toBe(100);
  });

  test("an array in other memory is refused with advice", () => {
    const stranger = { shape: [3], data: new Float32Array(3) };
    expect(() => wasm.activate({ kind: "relu" }, stranger, stranger)).toThrow(
      /Make tensors with backend.allocate/,
    );
  });

  test("an allocation that is too large says how much is needed", () => {
    expect(() => wasm.allocate([1024, 1024, 1024])).toThrow(/MiB of buffers are needed, 1024 MiB can be had/);
  });
});
