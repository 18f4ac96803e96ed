import type { MaxPool, MaxPoolGradient } from "../backend.ts";
import type { Round } from "./rounding.ts";

/** out[n, oy, ox, c] = the largest x[n, iy, ix, c] in the window. See MaxPool. */
export function maxPool({ x, top, bottom, left, right, out, indices }: MaxPool): void {
  const [N = 0, H = 0, W = 0, C = 0] = x.shape;
  let at = 0;
  for (let n = 0; n < N; n++) {
    for (let oy = 0; oy < top.length; oy++) {
      for (let ox = 0; ox < left.length; ox++) {
        for (let c = 0; c < C; c++, at++) {
          let place = ((n * H + top[oy]!) * W + left[ox]!) * C + c;
          let largest = x.data[place]!;
          for (let iy = top[oy]!; iy < bottom[oy]!; iy++) {
            for (let ix = left[ox]!; ix < right[ox]!; ix++) {
              const pixel = ((n * H + iy) * W + ix) * C + c;
              const value = x.data[pixel]!;
              if (value > largest || Number.isNaN(value)) {
                largest = value;
                place = pixel;
              }
            }
          }
          out.data[at] = largest;
          indices[at] = place;
        }
      }
    }
  }
}

/** dx = 0, then dx[indices[i]] += dy[i]. */
export function maxPoolBackward(round: Round, { dy, indices, dx }: MaxPoolGradient): void {
  dx.data.fill(0);
  for (let i = 0; i < dy.data.length; i++) {
    const place = indices[i]!;
    dx.data[place] = round(dx.data[place]! + dy.data[i]!);
  }
}
