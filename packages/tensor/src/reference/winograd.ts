import type { Convolution, ConvolutionInputGradient, ConvolutionWeightGradient } from "../backend.ts";
import type { Tensor } from "../tensor.ts";
import { createActivation } from "./activations.ts";
import type { Round } from "./rounding.ts";

type Numbers = readonly number[];
/** Rows of numbers. */
type Matrix = readonly Numbers[];
type Transform = (column: Numbers) => Numbers;

/** Returns the transforms that `chooseConvolutionMethod` documents, each for one column or row. */
function transforms(round: Round) {
  const half = (x: number) => round(0.5 * x);
  return {
    input: ([d0 = 0, d1 = 0, d2 = 0, d3 = 0]: Numbers) => [
      round(d0 - d2),
      round(d1 + d2),
      round(d2 - d1),
      round(d3 - d1),
    ],
    weights: ([g0 = 0, g1 = 0, g2 = 0]: Numbers) => {
      const outer = round(g0 + g2);
      return [g0, half(round(outer + g1)), half(round(outer - g1)), g2];
    },
    output: ([m0 = 0, m1 = 0, m2 = 0, m3 = 0]: Numbers) => [
      round(round(m0 + m1) + m2),
      round(round(m1 - m2) + m3),
    ],
    gradient: ([y0 = 0, y1 = 0]: Numbers) => [y0, round(y0 + y1), round(y0 - y1), y1],
    back: ([u0 = 0, u1 = 0, u2 = 0, u3 = 0]: Numbers) => {
      const inner = half(round(u1 + u2));
      return [round(u0 + inner), half(round(u1 - u2)), round(inner + u3)];
    },
  };
}

/** out = act(x ∗ W + bias), with M = Σ_c V·U at each of the 16 positions of a tile. */
export function convolve(round: Round, { window, x, weight, bias, activation, out }: Convolution): void {
  const apply = activation === undefined ? undefined : createActivation(round, activation).f;
  inTiles(round, x, [window.padTop, window.padLeft], weightsOf(weight), out, (sum, f) => {
    const y = bias === undefined ? sum : round(sum + bias.data[f]!);
    return apply === undefined ? y : apply(y);
  });
}

/** dx = dy ∗ W rotated by 180 degrees. */
export function convolveInputGradient(
  round: Round,
  { window, dy, weight, dx }: ConvolutionInputGradient,
): void {
  const w = weightsOf(weight);
  const turned: Weights = (ky, kx, f, c) => w(2 - ky, 2 - kx, c, f);
  inTiles(round, dy, [2 - window.padTop, 2 - window.padLeft], turned, dx, (sum) => sum);
}

/** dw += back(dU), with dU = Σ_tiles V·dM at each of the 16 positions of a tile. */
export function convolveWeightGradient(round: Round, { window, x, dy, dw }: ConvolutionWeightGradient): void {
  const { input, gradient, back } = transforms(round);
  const [C, F] = [x.shape[3]!, dy.shape[3]!];
  const dU = list(C * F, zeros);

  for (const { n, top, left } of tiles(dy)) {
    const V = list(C, (c) => fromImage(input, 4, x, n, top - window.padTop, left - window.padLeft, c));
    const dM = list(F, (f) => fromImage(gradient, 2, dy, n, top, left, f));
    for (let c = 0; c < C; c++) {
      for (let f = 0; f < F; f++) accumulate(round, dU[c * F + f]!, V[c]!, dM[f]!);
    }
  }
  for (let c = 0; c < C; c++) {
    for (let f = 0; f < F; f++) {
      for (const [k, value] of inBothDirections(back, rowsOf(dU[c * F + f]!))
        .flat()
        .entries()) {
        const at = (k * C + c) * F + f;
        dw.data[at] = round(dw.data[at]! + value);
      }
    }
  }
}

/** w[ky, kx, c, f] */
type Weights = (ky: number, kx: number, c: number, f: number) => number;

/** out = finish(x ∗ W), tile by tile. x (N, H, W, C), out (N, OH, OW, F), padding above and to the left. */
function inTiles(
  round: Round,
  x: Tensor,
  [padTop, padLeft]: readonly [number, number],
  w: Weights,
  out: Tensor,
  finish: (sum: number, f: number) => number,
): void {
  const { input, weights, output } = transforms(round);
  const [, OH = 0, OW = 0, F = 0] = out.shape;
  const C = x.shape[3]!;
  const U = list(C * F, (i) =>
    inBothDirections(
      weights,
      matrix(3, 3, (ky, kx) => w(ky, kx, Math.floor(i / F), i % F)),
    ).flat(),
  );

  for (const { n, top, left } of tiles(out)) {
    const V = list(C, (c) => fromImage(input, 4, x, n, top - padTop, left - padLeft, c));
    for (let f = 0; f < F; f++) {
      const M = zeros();
      for (let c = 0; c < C; c++) accumulate(round, M, V[c]!, U[c * F + f]!);
      for (const [i, row] of inBothDirections(output, rowsOf(M)).entries()) {
        for (const [j, sum] of row.entries()) {
          const [oy, ox] = [top + i, left + j];
          if (oy < OH && ox < OW) out.data[((n * OH + oy) * OW + ox) * F + f] = finish(sum, f);
        }
      }
    }
  }
}

/** Yields the image and the top left corner of each 2×2 tile of images (N, H, W, …), in row-major order. */
function* tiles({ shape: [N = 0, H = 0, W = 0] }: Tensor) {
  for (let n = 0; n < N; n++) {
    for (let top = 0; top < H; top += 2) {
      for (let left = 0; left < W; left += 2) yield { n, top, left };
    }
  }
}

/** Returns a zero for each of the 16 positions of a tile. */
function zeros(): number[] {
  return list(16, () => 0);
}

/** sums += a·b, elementwise. */
function accumulate(round: Round, sums: number[], a: Numbers, b: Numbers): void {
  for (let p = 0; p < 16; p++) sums[p] = round(sums[p]! + round(a[p]! * b[p]!));
}

/** Returns the 16 transformed numbers of the `size` × `size` pixels whose top left corner is (top, left). */
function fromImage(
  transform: Transform,
  size: number,
  x: Tensor,
  n: number,
  top: number,
  left: number,
  c: number,
): Numbers {
  const pixels = matrix(size, size, (y, column) => pixel(x, n, top + y, left + column, c));
  return inBothDirections(transform, pixels).flat();
}

/** Transforms each column from top to bottom, then each row of the result. */
function inBothDirections(transform: Transform, values: Matrix): Matrix {
  return turn(turn(values).map(transform)).map(transform);
}

/** Returns the transposed matrix. */
function turn(values: Matrix): Matrix {
  return matrix(values[0]!.length, values.length, (column, row) => values[row]![column]!);
}

function rowsOf(places: Numbers): Matrix {
  return matrix(4, 4, (i, j) => places[4 * i + j]!);
}

function matrix(rows: number, columns: number, value: (row: number, column: number) => number): Matrix {
  return list(rows, (row) => list(columns, (column) => value(row, column)));
}

function list<T>(count: number, value: (i: number) => T): T[] {
  const values: T[] = [];
  for (let i = 0; i < count; i++) values.push(value(i));
  return values;
}

function weightsOf({ shape: [, KW = 0, C = 0, F = 0], data }: Tensor): Weights {
  return (ky, kx, c, f) => data[((ky * KW + kx) * C + c) * F + f]!;
}

/** Returns x[n, iy, ix, c]; 0 outside the image. */
function pixel(
  { shape: [, H = 0, W = 0, C = 0], data }: Tensor,
  n: number,
  iy: number,
  ix: number,
  c: number,
) {
  return iy < 0 || iy >= H || ix < 0 || ix >= W ? 0 : data[((n * H + iy) * W + ix) * C + c]!;
}
