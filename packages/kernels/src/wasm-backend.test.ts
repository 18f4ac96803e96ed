import { createRng, sizeOf } from "@nn/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { activations, draw, extent, sameBytes, seed, someActivation, wasm } from "../test/same-bytes.ts";

describe("elementwise", () => {
  const length = fc.integer({ min: 1, max: 200 });

  test("activations and their derivatives", () => {
    fc.assert(
      fc.property(length, someActivation, seed, (n, activation, s) => {
        sameBytes((backend) => {
          const y = backend.allocate([n]);
          const dx = backend.allocate([n]);
          backend.activate(activation, draw(backend, [n], s), y);
          backend.activateBackward(activation, y, draw(backend, [n], s + 1), dx);
          return [y, dx];
        });
      }),
    );
  });

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

  test("dropout draws the words of the stream", () => {
    fc.assert(
      fc.property(
        length,
        fc.constantFrom(0, 0.1, 0.5, 0.9, 1 - 2 ** -53),
        seed,
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        (n, rate, s, word) => {
          sameBytes((backend) => {
            const x = draw(backend, [n], s);
            backend.dropout(x, rate, [word, s], x);
            return [x];
          });
        },
      ),
    );
  });

  test("finite numbers are told from others at every place", () => {
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
  test("cross-entropy, squared error and the count of right answers", () => {
    fc.assert(
      fc.property(extent, extent, seed, (N, C, s) => {
        sameBytes((backend) => {
          const outputs = draw(backend, [N, C], s);
          const labels = backend.allocateIntegers(N);
          const rng = createRng(s).fork("labels");
          for (let n = 0; n < N; n++) labels[n] = rng.integer(C);
          const gradient = backend.allocate([N, C]);
          const squared = backend.allocate([N, C]);
          return [
            backend.softmaxCrossEntropy(outputs, labels, gradient),
            backend.squaredError(outputs, labels, squared),
            backend.countCorrect(outputs, labels),
            gradient,
            squared,
          ];
        });
      }),
    );
  });

  test("logits of a thousand give a finite loss", () => {
    sameBytes((backend) => {
      const logits = backend.allocate([2, 3]);
      logits.data.set([1000, 0, -1000, -1000, -1000, 3e38]);
      const labels = backend.allocateIntegers(2);
      labels[1] = 2;
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

describe("optimizer steps", () => {
  const length = fc.integer({ min: 1, max: 100 });
  const decay = fc.constantFrom(0, 0.01);

  test("SGD in all its forms", () => {
    fc.assert(
      fc.property(
        length,
        fc.constantFrom(0, 0.9),
        fc.boolean(),
        decay,
        seed,
        (n, momentum, nesterov, weightDecay, s) => {
          sameBytes((backend) => {
            const value = draw(backend, [n], s);
            const gradient = draw(backend, [n], s + 1);
            const velocity = draw(backend, [n], s + 2);
            backend.sgdStep({
              value,
              gradient,
              ...(momentum > 0 ? { velocity } : {}),
              learningRate: 0.1,
              momentum,
              nesterov,
              weightDecay,
            });
            return [value, gradient, velocity];
          });
        },
      ),
    );
  });

  test("Adam and AdamW", () => {
    fc.assert(
      fc.property(length, decay, fc.boolean(), seed, (n, weightDecay, decoupled, s) => {
        sameBytes((backend) => {
          const value = draw(backend, [n], s);
          const gradient = draw(backend, [n], s + 1);
          const firstMoment = draw(backend, [n], s + 2);
          const secondMoment = backend.allocate([n]);
          for (let step = 1; step <= 2; step++) {
            gradient.data.set(draw(backend, [n], s + 2 + step).data);
            backend.adamStep({
              value,
              gradient,
              firstMoment,
              secondMoment,
              learningRate: 0.001,
              stepSize: 0.001 / (1 - 0.9 * step),
              correction: Math.sqrt(1 - 0.99 * 0.5 * step),
              beta1: 0.9,
              beta2: 0.999,
              epsilon: 1e-8,
              weightDecay,
              decoupled,
            });
          }
          return [value, gradient, firstMoment, secondMoment];
        });
      }),
    );
  });
});

test("a batch is gathered from bytes by row number", () => {
  fc.assert(
    fc.property(extent, fc.integer({ min: 1, max: 6 }), seed, (length, count, s) => {
      sameBytes((backend) => {
        const rng = createRng(s);
        const source = backend.allocateBytes(10 * length);
        for (let i = 0; i < source.length; i++) source[i] = rng.integer(256);
        const indices = backend.allocateIntegers(count);
        for (let n = 0; n < count; n++) indices[n] = rng.integer(10);
        const out = backend.allocate([count, length]);
        backend.gather(source, length, indices, 1 / 255, out);
        return [out];
      });
    }),
  );
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

  test("an array from elsewhere is refused with what to do", () => {
    const stranger = { shape: [3], data: new Float32Array(3) };
    expect(() => wasm.activate({ kind: "relu" }, stranger, stranger)).toThrow(
      /Make tensors with backend.allocate/,
    );
  });

  test("more than there is says how much was needed", () => {
    expect(() => wasm.allocate([1024, 1024, 1024])).toThrow(/MiB of buffers are needed, 1024 MiB can be had/);
  });
});
