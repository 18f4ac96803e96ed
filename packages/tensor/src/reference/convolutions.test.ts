import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Convolution, Window } from "../backend.ts";
import { createRng } from "../rng.ts";
import { countElements, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import {
  getElement,
  convolutions,
  getPixel,
  getConvolutionShapes,
  type ConvolutionCase,
} from "./sample-convolutions.ts";
import { float32Backend, float64Backend, randomNormal, tensor } from "./sample-tensors.ts";

const anySeed = fc.integer({ min: 0, max: 1_000_000 });

/** Integers −5 … 5: every sum of their products is exact. */
function whole(shape: Shape, seed: number): Tensor {
  const rng = createRng(seed);
  return tensor(
    float64Backend,
    shape,
    Array.from({ length: countElements(shape) }, () => rng.integer(11) - 5),
  );
}

type Plane = readonly (readonly number[])[];

function plane(rows: number, columns: number, value: (row: number, column: number) => number): Plane {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => value(row, column)),
  );
}

/**
 * Computes a convolution in another way, one channel and one filter at a time: pads the image, dilates the
 * weights with zeros, applies the kernel at every position, and keeps every stride-th result.
 */
function byPlanes({ N, C, F, groups, window }: ConvolutionCase, x: Tensor, weight: Tensor): number[] {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, outputHeight, outputWidth } = window;
  const reachHeight = (window.kernelHeight - 1) * dilationHeight + 1;
  const reachWidth = (window.kernelWidth - 1) * dilationWidth + 1;
  const image = (n: number, c: number) =>
    plane(
      (outputHeight - 1) * strideHeight + reachHeight,
      (outputWidth - 1) * strideWidth + reachWidth,
      (row, column) => getPixel(x, n, row - window.padTop, column - window.padLeft, c),
    );
  const kernel = (c: number, f: number) =>
    plane(reachHeight, reachWidth, (row, column) => {
      const between = row % dilationHeight !== 0 || column % dilationWidth !== 0;
      return between ? 0 : getElement(weight, row / dilationHeight, column / dilationWidth, c, f);
    });
  const correlate = (large: Plane, small: Plane) =>
    plane(large.length - reachHeight + 1, large[0]!.length - reachWidth + 1, (top, left) =>
      small.flat().reduce((sum, value, i) => {
        const [row, column] = [Math.floor(i / reachWidth), i % reachWidth];
        return sum + value * large[top + row]![left + column]!;
      }, 0),
    );

  const result = Array.from({ length: N * outputHeight * outputWidth * F }, () => 0);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      const group = Math.floor((c * groups) / C);
      for (let f = (group * F) / groups; f < ((group + 1) * F) / groups; f++) {
        const everywhere = correlate(image(n, c), kernel(c % (C / groups), f));
        for (const [oy, row] of everywhere.filter((_, i) => i % strideHeight === 0).entries()) {
          for (const [ox, value] of row.filter((_, i) => i % strideWidth === 0).entries()) {
            result[((n * outputHeight + oy) * outputWidth + ox) * F + f]! += value;
          }
        }
      }
    }
  }
  return result;
}

/** Replaces −0 by 0; other tests check the sign of zeros. */
const plain = (values: Iterable<number>) => Array.from(values, (value) => value + 0);

test("convolve agrees with an implementation that pads, dilates and subsamples explicitly", () => {
  fc.assert(
    fc.property(convolutions(3), anySeed, (each, seed) => {
      const shapes = getConvolutionShapes(each);
      const [x, weight] = [whole(shapes.x, seed), whole(shapes.weight, seed + 1)];
      const out = randomNormal(float64Backend, shapes.y, seed); // must be overwritten
      float64Backend.convolve({ window: each.window, groups: each.groups, x, weight, out });
      expect(plain(out.data)).toEqual(plain(byPlanes(each, x, weight)));
    }),
  );
});

describe("gradients equal central differences, which are exact for integers", () => {
  /** ∂(Σ y·dy)/∂values, y the convolution. */
  function differences(
    { window, groups, x, weight, out }: Convolution,
    values: Tensor,
    dy: Tensor,
  ): number[] {
    const loss = () => {
      float64Backend.convolve({ window, groups, x, weight, out });
      return Array.from(out.data, (y, i) => y * dy.data[i]!).reduce((sum, term) => sum + term, 0);
    };
    return Array.from(values.data, (value, i) => {
      values.data[i] = value + 1;
      const above = loss();
      values.data[i] = value - 1;
      const below = loss();
      values.data[i] = value;
      return (above - below) / 2;
    });
  }

  function draw(each: ConvolutionCase, seed: number) {
    const shapes = getConvolutionShapes(each);
    const [x, weight] = [whole(shapes.x, seed), whole(shapes.weight, seed + 1)];
    const { window, groups } = each;
    const dy = whole(shapes.y, seed + 2);
    return { window, groups, x, weight, dy, out: float64Backend.allocate(shapes.y) };
  }

  test("for the image", () => {
    fc.assert(
      fc.property(convolutions(3), anySeed, (each, seed) => {
        const { dy, ...convolution } = draw(each, seed);
        const { window, groups, x, weight } = convolution;
        const dx = randomNormal(float64Backend, x.shape, seed); // must be overwritten
        float64Backend.convolveInputGradient({ window, groups, dy, weight, dx });
        expect(plain(dx.data)).toEqual(plain(differences(convolution, x, dy)));
      }),
      { numRuns: 40 },
    );
  });

  test("for the weights, added to the current value", () => {
    fc.assert(
      fc.property(convolutions(3), anySeed, (each, seed) => {
        const { dy, ...convolution } = draw(each, seed);
        const { window, groups, x, weight } = convolution;
        const dw = whole(weight.shape, seed + 3);
        const before = dw.data.slice();
        float64Backend.convolveWeightGradient({ window, groups, x, dy, dw });
        const gradient = dw.data.map((value, i) => value - before[i]!);
        expect(plain(gradient)).toEqual(plain(differences(convolution, weight, dy)));
      }),
      { numRuns: 40 },
    );
  });
});

describe("in float32, byte for byte", () => {
  /** Returns the pixels of each window, one row per window, (ky, kx, c) ascending: (N·OH·OW, KH·KW·C). */
  function patches({ N, C, window }: ConvolutionCase, x: Tensor): Tensor {
    const { kernelHeight: KH, kernelWidth: KW, outputHeight: OH, outputWidth: OW } = window;
    const values: number[] = [];
    for (let place = 0; place < N * OH * OW; place++) {
      const [n, oy, ox] = [Math.floor(place / (OH * OW)), Math.floor(place / OW) % OH, place % OW];
      for (let k = 0; k < KH * KW * C; k++) {
        const [ky, kx, c] = [Math.floor(k / (KW * C)), Math.floor(k / C) % KW, k % C];
        const iy = oy * window.strideHeight - window.padTop + ky * window.dilationHeight;
        const ix = ox * window.strideWidth - window.padLeft + kx * window.dilationWidth;
        values.push(getPixel(x, n, iy, ix, c));
      }
    }
    return tensor(float32Backend, [N * OH * OW, KH * KW * C], values);
  }

  const matrix = ({ shape, data }: Tensor): Tensor => {
    const columns = shape.at(-1)!;
    return { shape: [data.length / columns, columns], data };
  };

  test("a convolution is the product of patches and weights, with bias and activation", () => {
    fc.assert(
      fc.property(convolutions(1), anySeed, (each, seed) => {
        const shapes = getConvolutionShapes(each);
        const [x, weight] = [
          randomNormal(float32Backend, shapes.x, seed),
          randomNormal(float32Backend, shapes.weight, seed + 1),
        ];
        const bias = randomNormal(float32Backend, [each.F], seed + 2);
        const activation = { kind: "leaky-relu", slope: 0.1 } as const;
        const [out, product] = [float32Backend.allocate(shapes.y), float32Backend.allocate(shapes.y)];
        float32Backend.convolve({ window: each.window, groups: 1, x, weight, bias, activation, out });
        float32Backend.gemm({
          a: patches(each, x),
          b: matrix(weight),
          bias,
          activation,
          out: matrix(product),
        });
        expect(out.data).toEqual(product.data);
      }),
    );
  });

  test("the gradient of the weights is the product of transposed patches and dy", () => {
    fc.assert(
      fc.property(convolutions(1), anySeed, (each, seed) => {
        const shapes = getConvolutionShapes(each);
        const [x, dy] = [
          randomNormal(float32Backend, shapes.x, seed),
          randomNormal(float32Backend, shapes.y, seed + 1),
        ];
        const [dw, product] = [0, 1].map(() => randomNormal(float32Backend, shapes.weight, seed + 2));
        float32Backend.convolveWeightGradient({ window: each.window, groups: 1, x, dy, dw: dw! });
        const transposed = { a: patches(each, x), transposeA: true, b: matrix(dy) };
        float32Backend.gemm({ ...transposed, out: matrix(product!), accumulate: true });
        expect(dw!.data).toEqual(product!.data);
      }),
    );
  });

  // 1 + tiny rounds to 1, tiny + tiny + 1 does not.
  const tiny = 2 ** -24;
  const small = { height: 1, width: 1, kernelHeight: 1, kernelWidth: 3, padTop: 0, padLeft: 1 };
  const strides = { strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 };
  const window: Window = { ...small, ...strides, outputHeight: 1, outputWidth: 1 };

  test.each([
    { dy: [1, tiny, tiny], filters: 1, expected: 1 },
    { dy: [tiny, tiny, 1], filters: 1, expected: 1 + 2 ** -23 },
    { dy: [1, tiny, tiny], filters: 3, expected: 1 },
    { dy: [tiny, tiny, 1], filters: 3, expected: 1 + 2 ** -23 },
  ])(
    "the gradient of a pixel is summed in window order, and within a window over $filters filter(s)",
    ({ dy, filters, expected }) => {
      const outputWidth = 3 / filters;
      const dx = float32Backend.allocate([1, 1, 1, 1]);
      float32Backend.convolveInputGradient({
        window: { ...window, outputWidth, padLeft: outputWidth === 3 ? 2 : 1 },
        groups: 1,
        dy: tensor(float32Backend, [1, 1, outputWidth, filters], dy),
        weight: tensor(float32Backend, [1, 3, 1, filters], new Float32Array(3 * filters).fill(1)),
        dx,
      });
      expect(dx.data[0]).toBe(expected);
    },
  );

  test("an infinite weight propagates even where it meets zero padding", () => {
    const out = float32Backend.allocate([1, 1, 1, 1]);
    const weight = tensor(float32Backend, [1, 3, 1, 1], [1, 1, Infinity]);
    float32Backend.convolve({ window, groups: 1, x: tensor(float32Backend, [1, 1, 1, 1], [1]), weight, out });
    expect(out.data[0]).toBeNaN();
  });
});
