import type { Convolution, ConvolutionInputGradient, ConvolutionWeightGradient, Window } from "../backend.ts";
import type { Tensor } from "../tensor.ts";
import { createActivation } from "./activations.ts";
import type { Round } from "./rounding.ts";

/** out[n, oy, ox, f] = act(Σ_{ky, kx, c} x[n, iy, ix, c] · w[ky, kx, c, f] + bias[f]). See Convolution. */
export function convolve(
  round: Round,
  { window, groups, x, weight, bias, activation, out }: Convolution,
): void {
  const { outputHeight: OH, outputWidth: OW } = window;
  const [N, C, F] = [x.shape[0]!, x.shape[3]!, out.shape[3]!];
  const [groupC, groupF] = [C / groups, F / groups];
  const apply = activation === undefined ? undefined : createActivation(round, activation).f;

  for (let n = 0; n < N; n++) {
    for (let oy = 0; oy < OH; oy++) {
      for (let ox = 0; ox < OW; ox++) {
        for (let f = 0; f < F; f++) {
          const firstC = Math.floor(f / groupF) * groupC;
          let sum = 0;
          seen(window, oy, ox, (ky, kx, iy, ix) => {
            for (let c = 0; c < groupC; c++) {
              const term = round(
                pixel(x, n, iy, ix, firstC + c) * weight.data[w(window, groupC, F, ky, kx, c, f)]!,
              );
              sum = round(sum + term);
            }
          });
          if (bias !== undefined) sum = round(sum + bias.data[f]!);
          out.data[((n * OH + oy) * OW + ox) * F + f] = apply === undefined ? sum : apply(sum);
        }
      }
    }
  }
}

/**
 * dx[n, iy, ix, c] = Σ_{oy, ox, f} dy[n, oy, ox, f] · w[ky, kx, c, f], over the windows that cover the pixel.
 */
export function convolveInputGradient(
  round: Round,
  { window, groups, dy, weight, dx }: ConvolutionInputGradient,
): void {
  const { outputHeight: OH, outputWidth: OW } = window;
  const [N, C, F] = [dx.shape[0]!, dx.shape[3]!, dy.shape[3]!];
  const [groupC, groupF] = [C / groups, F / groups];
  dx.data.fill(0);

  // Each window adds its terms to the pixels that it covers, so the terms of a pixel are added in window
  // order.
  for (let n = 0; n < N; n++) {
    for (let oy = 0; oy < OH; oy++) {
      for (let ox = 0; ox < OW; ox++) {
        seen(window, oy, ox, (ky, kx, iy, ix) => {
          if (iy < 0 || iy >= window.height || ix < 0 || ix >= window.width) return;
          for (let c = 0; c < C; c++) {
            const at = ((n * window.height + iy) * window.width + ix) * C + c;
            const firstF = Math.floor(c / groupC) * groupF;
            for (let f = firstF; f < firstF + groupF; f++) {
              const gradient = dy.data[((n * OH + oy) * OW + ox) * F + f]!;
              const term = round(gradient * weight.data[w(window, groupC, F, ky, kx, c % groupC, f)]!);
              dx.data[at] = round(dx.data[at]! + term);
            }
          }
        });
      }
    }
  }
}

/** dw[ky, kx, c, f] += Σ_{n, oy, ox} x[n, iy, ix, c] · dy[n, oy, ox, f]. */
export function convolveWeightGradient(
  round: Round,
  { window, groups, x, dy, dw }: ConvolutionWeightGradient,
): void {
  const { outputHeight: OH, outputWidth: OW } = window;
  const [N, C, F] = [x.shape[0]!, x.shape[3]!, dy.shape[3]!];
  const [groupC, groupF] = [C / groups, F / groups];

  for (let n = 0; n < N; n++) {
    for (let oy = 0; oy < OH; oy++) {
      for (let ox = 0; ox < OW; ox++) {
        seen(window, oy, ox, (ky, kx, iy, ix) => {
          for (let f = 0; f < F; f++) {
            const firstC = Math.floor(f / groupF) * groupC;
            const gradient = dy.data[((n * OH + oy) * OW + ox) * F + f]!;
            for (let c = 0; c < groupC; c++) {
              const at = w(window, groupC, F, ky, kx, c, f);
              const term = round(pixel(x, n, iy, ix, firstC + c) * gradient);
              dw.data[at] = round(dw.data[at]! + term);
            }
          }
        });
      }
    }
  }
}

/**
 * Calls `visit` for each weight (ky, kx) of the window at output (oy, ox), with the pixel (iy, ix) that it is
 * multiplied by. The pixel may be outside the image.
 */
function seen(
  window: Window,
  oy: number,
  ox: number,
  visit: (ky: number, kx: number, iy: number, ix: number) => void,
): void {
  for (let ky = 0; ky < window.kernelHeight; ky++) {
    const iy = oy * window.strideHeight - window.padTop + ky * window.dilationHeight;
    for (let kx = 0; kx < window.kernelWidth; kx++) {
      visit(ky, kx, iy, ox * window.strideWidth - window.padLeft + kx * window.dilationWidth);
    }
  }
}

/** Returns x[n, iy, ix, c]; 0 outside the image. */
function pixel(x: Tensor, n: number, iy: number, ix: number, c: number): number {
  const [, H = 0, W = 0, C = 0] = x.shape;
  if (iy < 0 || iy >= H || ix < 0 || ix >= W) return 0;
  return x.data[((n * H + iy) * W + ix) * C + c]!;
}

/** Returns the index of w[ky, kx, c, f]. */
function w(
  { kernelWidth }: Window,
  groupC: number,
  F: number,
  ky: number,
  kx: number,
  c: number,
  f: number,
): number {
  return ((ky * kernelWidth + kx) * groupC + c) * F + f;
}
