import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Window } from "../backend.ts";
import { chooseConvolutionMethod } from "../convolution-method.ts";
import { createRng } from "../rng.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import * as direct from "./convolutions.ts";
import { roundTo, type Round } from "./rounding.ts";
import { float64Backend, tensor } from "./sample-tensors.ts";
import * as winograd from "./winograd.ts";

const upTo = (max: number) => fc.integer({ min: 1, max });

/** A 3×3 window with stride and dilation 1, and any padding on each side. */
const windows = fc
  .record({
    height: upTo(7),
    width: upTo(7),
    padTop: fc.nat(4),
    padLeft: fc.nat(4),
    padBottom: fc.nat(4),
    padRight: fc.nat(4),
  })
  .map(({ height, width, padTop, padLeft, padBottom, padRight }) =>
    plain(height, width, padTop, padLeft, height + padTop + padBottom - 2, width + padLeft + padRight - 2),
  )
  .filter(({ outputHeight, outputWidth }) => outputHeight >= 1 && outputWidth >= 1);

const cases = fc.record({ N: upTo(2), C: upTo(3), F: upTo(3), window: windows, seed: upTo(1_000_000) });

function plain(
  height: number,
  width: number,
  padTop: number,
  padLeft: number,
  outputHeight: number,
  outputWidth: number,
): Window {
  const ones = { strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 };
  const sides = { height, width, padTop, padLeft, outputHeight, outputWidth };
  return { ...sides, ...ones, kernelHeight: 3, kernelWidth: 3 };
}

type Sizes = { readonly N: number; readonly C: number; readonly F: number; readonly window: Window };

/** Returns the results of the three operations on the same numbers: y, dx, dw. */
function run(
  { convolve, convolveInputGradient, convolveWeightGradient }: typeof direct,
  round: Round,
  { N, C, F, window }: Sizes,
  draw: (shape: Shape, name: string) => Tensor,
): Tensor[] {
  const place = { window, groups: 1 };
  const image = [N, window.height, window.width, C];
  const outputs = [N, window.outputHeight, window.outputWidth, F];
  const [x, weight, dy] = [draw(image, "x"), draw([3, 3, C, F], "weight"), draw(outputs, "dy")];
  const [y, dx, dw] = [draw(outputs, "y"), draw(image, "dx"), draw([3, 3, C, F], "dw")];
  const activation = { kind: "leaky-relu", slope: 0.5 } as const;
  convolve(round, { ...place, x, weight, bias: draw([F], "bias"), activation, out: y });
  convolveInputGradient(round, { ...place, dy, weight, dx });
  convolveWeightGradient(round, { ...place, x, dy, dw });
  return [y, dx, dw];
}

test("on integers, where no operation rounds, Winograd's tiles and direct sums give the same results", () => {
  fc.assert(
    fc.property(cases, ({ seed, ...sizes }) => {
      const whole = (shape: Shape, name: string) => {
        const rng = createRng(seed).fork(name);
        const { data } = float64Backend.allocate(shape);
        return tensor(
          float64Backend,
          shape,
          data.map(() => rng.integer(11) - 5),
        );
      };
      const [tiles, sums] = [winograd, direct].map((each) =>
        run(each, roundTo.float64, sizes, whole).map(({ data }) => Array.from(data, (value) => value + 0)),
      );
      expect(tiles).toEqual(sums);
    }),
  );
});

test.each([16, 64])("with %i channels, the float32 error is below 10⁻⁶ of the largest exact number", (C) => {
  const sizes = { N: 2, C, F: 16, window: plain(9, 8, 1, 1, 9, 8) };
  const normal = (shape: Shape, name: string) => {
    const rng = createRng(C).fork(name);
    return tensor(
      float64Backend,
      shape,
      float64Backend.allocate(shape).data.map(() => Math.fround(rng.normal())),
    );
  };
  const exact = run(direct, roundTo.float64, sizes, normal);
  for (const [i, { data }] of run(winograd, roundTo.float32, sizes, normal).entries()) {
    const expected = exact[i]!.data;
    const largest = Math.max(...expected.map(Math.abs));
    const error = Math.max(...data.map((value, at) => Math.abs(value - expected[at]!)));
    expect(error / largest).toBeLessThan(1e-6);
  }
});

test("a NaN pixel makes every output NaN whose window covers it", () => {
  const x = float64Backend.allocate([1, 6, 6, 1]);
  x.data[3 * 6 + 2] = NaN;
  const [weight, out] = [float64Backend.allocate([3, 3, 1, 1]), float64Backend.allocate([1, 6, 6, 1])];
  winograd.convolve(roundTo.float64, { window: plain(6, 6, 1, 1, 6, 6), groups: 1, x, weight, out });
  for (const oy of [2, 3, 4]) {
    for (const ox of [1, 2, 3]) expect(out.data[oy * 6 + ox]).toBeNaN();
  }
});

describe("Winograd's tiles are used for", () => {
  const window = plain(9, 9, 1, 1, 9, 9);

  test("3×3, stride and dilation 1, one group, 16 channels and filters, 3×3 outputs", () => {
    expect(chooseConvolutionMethod(window, 1, 16, 16)).toBe("winograd");
    expect(chooseConvolutionMethod(plain(3, 3, 1, 1, 3, 3), 1, 64, 16)).toBe("winograd");
  });

  test.each<[string, Partial<Window>, groups: number, channels: number, filters: number]>([
    ["few channels", {}, 1, 15, 16],
    ["few filters", {}, 1, 16, 15],
    ["groups", {}, 2, 32, 32],
    ["larger kernels", { kernelHeight: 5 }, 1, 16, 16],
    ["smaller kernels", { kernelWidth: 1 }, 1, 16, 16],
    ["strides", { strideWidth: 2 }, 1, 16, 16],
    ["dilations", { dilationHeight: 2 }, 1, 16, 16],
    ["few outputs", { outputWidth: 2 }, 1, 16, 16],
  ])("not for %s", (_what, other, groups, channels, filters) => {
    expect(chooseConvolutionMethod({ ...window, ...other }, groups, channels, filters)).toBe("direct");
  });
});
