import { chooseConvolutionMethod, createRng, type Window } from "@nn/tensor";
import fc from "fast-check";

import {
  anyActivation,
  drawTensor as drawFinite,
  seed,
  type OperationCase,
  type OperationCases,
} from "../same-bytes.ts";

/** Windows of all kinds: strides, dilations, padding on any side, kernels up to the size of the image. */
const window = fc
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

/** Groups, channels per group, filters per group. */
const depth = fc.oneof(
  fc.tuple(fc.constant(1), fc.integer({ min: 1, max: 5 }), fc.constantFrom(1, 3, 16, 20, 32)),
  fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
);
const N = fc.integer({ min: 1, max: 3 });
/** Few filters or channels and many images: computed across images, sixteen at a time. */
const narrow = fc.tuple(fc.constant(1), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }));
const manyImages = fc.constantFrom(8, 9, 15, 16, 17, 20, 26, 27, 34);

/** 3×3 windows for Winograd's tiles, with different padding on each side. */
const tiledWindow = fc
  .record({
    height: fc.integer({ min: 1, max: 6 }),
    width: fc.integer({ min: 1, max: 6 }),
    padTop: fc.nat(3),
    padLeft: fc.nat(3),
    padBottom: fc.nat(2),
    padRight: fc.nat(2),
  })
  .map(({ padBottom, padRight, ...sides }): Window => {
    const outputHeight = sides.height + sides.padTop + padBottom - 2;
    const outputWidth = sides.width + sides.padLeft + padRight - 2;
    const kernel = { kernelHeight: 3, kernelWidth: 3 };
    const steps = { strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 };
    return Object.assign(sides, kernel, steps, { outputHeight, outputWidth });
  })
  .filter((each) => chooseConvolutionMethod(each, 1, 16, 16) === "winograd");
/**
 * Sizes that cover full vectors and panels, edges and remainders, with enough images for several blocks of
 * tiles.
 */
const tiledDepth = fc.tuple(fc.constant(1), fc.constantFrom(16, 17, 20), fc.constantFrom(16, 18, 25, 33));
const tiledImages = fc.constantFrom(1, 2, 3, 3, 7);

/**
 * Returns a convolution with the shapes of its operands. `sizes`: groups, channels per group, filters per
 * group.
 */
const convolution = (
  windows: fc.Arbitrary<Window>,
  sizes: fc.Arbitrary<readonly [readonly [number, number, number], number]>,
) =>
  fc.tuple(windows, sizes).map(([at, [[groups, c, f], images]]) => ({
    window: at,
    groups,
    filters: groups * f,
    x: [images, at.height, at.width, groups * c],
    weight: [at.kernelHeight, at.kernelWidth, c, groups * f],
    y: [images, at.outputHeight, at.outputWidth, groups * f],
  }));

const direct = convolution(window, fc.oneof(fc.tuple(depth, N), fc.tuple(narrow, manyImages)));
const tiled = convolution(tiledWindow, fc.tuple(tiledDepth, tiledImages));

const forward = (each: typeof direct) =>
  fc
    .tuple(each, anyActivation, seed)
    .map(
      ([{ window: at, groups, filters, x, weight, y }, activation, s]): OperationCase =>
        (backend, draw) => {
          const out = backend.allocate(y);
          backend.convolve({
            window: at,
            groups,
            x: draw(x, s),
            weight: draw(weight, s + 1),
            bias: draw([filters], s + 2),
            ...(activation ? { activation } : {}),
            out,
          });
          return [out];
        },
    );

// The weights are finite: the effect of an infinite weight on pixels outside its window is undefined.
const byInput = (each: typeof direct) =>
  fc.tuple(each, seed).map(([{ window: at, groups, x, weight, y }, s]): OperationCase => (backend, draw) => {
    const dx = backend.allocate(x);
    backend.convolveInputGradient({
      window: at,
      groups,
      dy: draw(y, s),
      weight: drawFinite(backend, weight, s + 1),
      dx,
    });
    return [dx];
  });

const byWeights = (each: typeof direct) =>
  fc.tuple(each, seed).map(([{ window: at, groups, x, weight, y }, s]): OperationCase => (backend, draw) => {
    const dw = draw(weight, s + 1, 0);
    backend.convolveWeightGradient({ window: at, groups, x: draw(x, s), dy: draw(y, s + 2), dw });
    return [dw];
  });

/** Ranges of the six rows or columns of an image. They may overlap, leave gaps and be in any order. */
const span = fc.tuple(fc.nat(5), fc.nat(5)).map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const);
const spans = fc.array(span, { minLength: 1, maxLength: 5 });

const pool = fc
  .record({ rows: spans, columns: spans, C: fc.integer({ min: 1, max: 9 }), N, seed })
  .map(({ rows, columns, C, N: images, seed: s }): OperationCase => (backend, draw) => {
    const integers = (list: readonly number[]): Int32Array => {
      const placed = backend.allocateIntegers(list.length);
      placed.set(list);
      return placed;
    };
    const out = backend.allocate([images, rows.length, columns.length, C]);
    const indices = integers(Array.from(out.data, () => -1));
    backend.maxPool({
      x: draw([images, 6, 6, C], s, 0.4),
      top: integers(rows.map(([first]) => first)),
      bottom: integers(rows.map(([, end]) => end)),
      left: integers(columns.map(([first]) => first)),
      right: integers(columns.map(([, end]) => end)),
      out,
      indices,
    });
    return [out, ...indices];
  });

const poolBackward = fc
  .record({ pixels: fc.integer({ min: 1, max: 40 }), outputs: fc.integer({ min: 1, max: 40 }), N, seed })
  .map(({ pixels, outputs, N: images, seed: s }): OperationCase => (backend, draw) => {
    const indices = backend.allocateIntegers(images * outputs);
    const stream = createRng(s).fork("places");
    for (let i = 0; i < indices.length; i++) {
      indices[i] = Math.floor(i / outputs) * pixels + stream.integer(pixels);
    }
    const dx = draw([images, 1, pixels, 1], s);
    backend.maxPoolBackward({ dy: draw([images, 1, outputs, 1], s + 1), indices, dx });
    return [dx];
  });

export const convolutions = {
  convolve: { "with bias and activation": forward(direct), "in tiles": forward(tiled) },
  convolveInputGradient: { "by the input": byInput(direct), "in tiles": byInput(tiled) },
  convolveWeightGradient: {
    "by the weights, added to what is there": byWeights(direct),
    "in tiles": byWeights(tiled),
  },
  maxPool: { "any spans, with the indices": pool },
  maxPoolBackward: { "any indices, shared or not": poolBackward },
} satisfies OperationCases;
