import type { Resampling } from "../augmentation-steps.ts";
import type { Round } from "./rounding.ts";

/** x[n, y, x] = old x[n] at (u, v), interpolated between four pixels. See Resampling. */
export function resample(
  round: Round,
  { x: images, maps, displacements, strength = 0, black }: Resampling,
): void {
  const [N = 0, H = 0, W = 0, C = 0] = images.shape;
  const outside = round(black);
  const factor = round(strength);
  const old = new Float64Array(H * W * C);
  for (let n = 0; n < N; n++) {
    const start = n * old.length;
    old.set(images.data.subarray(start, start + old.length));
    const pixel = (line: number, column: number, c: number): number =>
      line < 0 || line >= H || column < 0 || column >= W ? outside : old[(line * W + column) * C + c]!;

    const [xx, xy, dx, yx, yy, dy] = maps.data.subarray(6 * n, 6 * n + 6);
    for (let y = 0; y < H; y++) {
      for (let x = 0; x < W; x++) {
        let u = round(round(dx! + round(xy! * y)) + round(xx! * x));
        let v = round(round(dy! + round(yy! * y)) + round(yx! * x));
        if (displacements !== undefined) {
          const at = (y * N + n) * 2 * W + x;
          u = round(u + round(factor * displacements.data[at]!));
          v = round(v + round(factor * displacements.data[at + W]!));
        }
        u = between(-1, u, W);
        v = between(-1, v, H);
        const [fx, fy] = [round(u - Math.floor(u)), round(v - Math.floor(v))];
        // If u or v is NaN, the choice of pixel does not matter, because its fraction is NaN.
        const [column, line] = [Math.floor(u) | 0, Math.floor(v) | 0];
        const mix = (a: number, b: number, share: number): number => round(a + round(share * round(b - a)));
        for (let c = 0; c < C; c++) {
          const top = mix(pixel(line, column, c), pixel(line, column + 1, c), fx);
          const bottom = mix(pixel(line + 1, column, c), pixel(line + 1, column + 1, c), fx);
          images.data[start + (y * W + x) * C + c] = mix(top, bottom, fy);
        }
      }
    }
  }
}

function between(low: number, value: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
