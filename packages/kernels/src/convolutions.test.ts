import { createRng, type Window } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";

import { anyActivation, draw, sameBytes, seed, wasm } from "../test/same-bytes.ts";

/** Windows of all kinds: strides, dilations, padding on any side, kernels as large as the image. */
const geometry = fc
  .record({
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    kernelHeight: fc.integer({ min: 1, max: 5 }),
    kernelWidth: fc.integer({ min: 1, max: 5 }),
    strideHeight: fc.integer({ min: 1, max: 3 }),
    strideWidth: fc.integer({ min: 1, max: 3 }),
    dilationHeight: fc.integer({ min: 1, max: 2 }),
    dilationWidth: fc.integer({ min: 1, max: 2 }),
    padTop: fc.integer({ min: 0, max: 3 }),
    padLeft: fc.integer({ min: 0, max: 3 }),
    padBottom: fc.integer({ min: 0, max: 3 }),
    padRight: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ padBottom, padRight, ...g }): Window => {
    const reachHeight = (g.kernelHeight - 1) * g.dilationHeight + 1;
    const reachWidth = (g.kernelWidth - 1) * g.dilationWidth + 1;
    const outputHeight = Math.floor((g.height + g.padTop + padBottom - reachHeight) / g.strideHeight) + 1;
    const outputWidth = Math.floor((g.width + g.padLeft + padRight - reachWidth) / g.strideWidth) + 1;
    return Object.assign(g, { outputHeight, outputWidth });
  })
  .filter(({ outputHeight, outputWidth }) => outputHeight >= 1 && outputWidth >= 1);

/** Groups, channels of a group, filters of a group. */
const depth = fc.oneof(
  fc.tuple(fc.constant(1), fc.integer({ min: 1, max: 5 }), fc.constantFrom(1, 3, 16, 20, 32)),
  fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
);
const images = fc.integer({ min: 1, max: 3 });

test("a convolution, with bias and activation", () => {
  fc.assert(
    fc.property(geometry, depth, images, anyActivation, seed, (window, [groups, c, f], n, activation, s) => {
      sameBytes((backend) => {
        const out = backend.allocate([n, window.outputHeight, window.outputWidth, groups * f]);
        backend.convolve({
          window,
          groups,
          x: draw(backend, [n, window.height, window.width, groups * c], s),
          weight: draw(backend, [window.kernelHeight, window.kernelWidth, c, groups * f], s + 1),
          bias: draw(backend, [groups * f], s + 2),
          ...(activation ? { activation } : {}),
          out,
        });
        return [out];
      });
    }),
    { numRuns: 300 },
  );
});

test("its gradient by the input", () => {
  fc.assert(
    fc.property(geometry, depth, images, seed, (window, [groups, c, f], n, s) => {
      sameBytes((backend) => {
        const dx = backend.allocate([n, window.height, window.width, groups * c]);
        backend.convolveInputGradient({
          window,
          groups,
          dy: draw(backend, [n, window.outputHeight, window.outputWidth, groups * f], s),
          weight: draw(backend, [window.kernelHeight, window.kernelWidth, c, groups * f], s + 1),
          dx,
        });
        return [dx];
      });
    }),
    { numRuns: 300 },
  );
});

test("its gradient by the weights, added to what is there", () => {
  fc.assert(
    fc.property(geometry, depth, images, seed, (window, [groups, c, f], n, s) => {
      sameBytes((backend) => {
        const dw = draw(backend, [window.kernelHeight, window.kernelWidth, c, groups * f], s + 1, 0);
        backend.convolveWeightGradient({
          window,
          groups,
          x: draw(backend, [n, window.height, window.width, groups * c], s),
          dy: draw(backend, [n, window.outputHeight, window.outputWidth, groups * f], s + 2),
          dw,
        });
        return [dw];
      });
    }),
    { numRuns: 300 },
  );
});

test("the largest under each window, with its place", () => {
  const span = fc.tuple(fc.nat(5), fc.nat(5)).map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const);
  const spans = fc.array(span, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(spans, spans, fc.integer({ min: 1, max: 9 }), images, seed, (rows, columns, C, N, s) => {
      sameBytes((backend) => {
        const integers = (list: readonly number[]): Int32Array => {
          const placed = backend.allocateIntegers(list.length);
          placed.set(list);
          return placed;
        };
        const out = backend.allocate([N, rows.length, columns.length, C]);
        const places = integers(Array.from({ length: out.data.length }, () => -1));
        backend.maxPool({
          x: draw(backend, [N, 6, 6, C], s, 0.4),
          top: integers(rows.map(([first]) => first)),
          bottom: integers(rows.map(([, end]) => end)),
          left: integers(columns.map(([first]) => first)),
          right: integers(columns.map(([, end]) => end)),
          out,
          places,
        });
        return [out, ...places];
      });
    }),
  );
});

test("each gradient goes to the place that was largest, added up where windows share it", () => {
  const anyPlaces = fc.tuple(images, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), seed);
  fc.assert(
    fc.property(anyPlaces, ([N, pixels, outputs, s]) => {
      sameBytes((backend) => {
        const places = backend.allocateIntegers(N * outputs);
        const stream = createRng(s).fork("places");
        for (let i = 0; i < places.length; i++) {
          places[i] = Math.floor(i / outputs) * pixels + stream.integer(pixels);
        }
        const dx = draw(backend, [N, 1, pixels, 1], s);
        backend.maxPoolBackward({ dy: draw(backend, [N, 1, outputs, 1], s + 1), places, dx });
        return [dx];
      });
    }),
  );
});

test("NaN is the largest under its windows, at the place where it stands", () => {
  const release = wasm.mark();
  const x = wasm.allocate([1, 2, 2, 5]);
  x.data.fill(1);
  x.data[7] = NaN;
  const [zero, two] = [wasm.allocateIntegers(1), wasm.allocateIntegers(1)];
  two[0] = 2;
  const out = wasm.allocate([1, 1, 1, 5]);
  const places = wasm.allocateIntegers(5);
  wasm.maxPool({ x, top: zero, bottom: two, left: zero, right: two, out, places });
  expect([...out.data]).toEqual([1, 1, NaN, 1, 1]);
  expect([...places]).toEqual([0, 1, 7, 3, 4]);
  release();
});
