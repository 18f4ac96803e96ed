// Convolutions with 3×3 weights by Winograd's F(2×2, 3×3): 16 multiplications instead of 36 per tile of 2×2
// outputs, channel and filter; see chooseConvolutionMethod of @nn/tensor. Tiles are counted through the whole
// batch, (n, ty, tx), and processed in blocks that stay in the L2 cache:
//
//   V: pixels,    16 positions × tiles × channels
//   U: weights,   panels of 16 filters × 16 positions × channels × 16 filters; in the weight gradient dU,
//                 16 positions × channels × filters
//   M: products,  16 positions × 16 tiles × 16 filters, in the L1 cache
//   dM: gradient, panels of 16 filters × 16 positions × tiles × 16 filters
//
// Results beyond the last tile, channel or filter are not stored.

import { activate, NONE, RELU } from "./activations";
import { place } from "./convolution";
import { own } from "./own";
import { PANEL_STEP } from "./panel";
import { tile4x16 } from "./tile";
import { backTile, gradientTile, inputTile, outputTile, weightTile } from "./winograd-transforms";

/** Sizes and addresses, written by JavaScript (src/winograd.ts) in this order, 32 bits each. */
@unmanaged
class Winograd {
  images: u32;
  height: u32;
  width: u32;
  channels: u32;
  filters: u32;
  padTop: i32;
  padLeft: i32;
  outputHeight: u32;
  outputWidth: u32;
  /** Tiles per block, a multiple of four. */
  block: u32;
  /** Addresses of the workspace buffers. */
  field: usize;
  gradientField: usize;
  pixels: usize;
  weights: usize;
  gradients: usize;
}

/** Offsets the planes of a block, so that they are not a power of two apart and do not share cache sets. */
const SKEW: usize = 64;
/** Number of tiles whose products are in the L1 cache at once. */
const NEAR: u32 = 16;
const NEAR_PLANE: usize = <usize>NEAR * PANEL_STEP;
const PRODUCTS: usize = memory.data(16384, 64);
/** Outputs at an edge: four outputs of sixteen filters. */
const EDGE: usize = memory.data(256, 64);
/** 3×3 weights of four filters. */
const NINE: usize = memory.data(144, 16);
/**
 * The bias of a convolution without one: x + (−0) is x for every x. EDGE_BIAS holds a bias of fewer than
 * sixteen filters.
 */
const NO_BIAS: usize = memory.data<f32>([
  -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0,
], 64);
const EDGE_BIAS: usize = memory.data(64, 64);

/**
 * out = activation(x ∗ W + bias). turned: the weights are (3, 3, filters, channels) and are rotated by 180
 * degrees, for the gradient of the input.
 */
export function winogradConvolve(
  at: usize, x: usize, weight: usize, turned: bool, bias: usize, activation: u32, slope: f32, out: usize,
): void {
  const g = changetype<Winograd>(at);
  const C = g.channels, F = g.filters;
  const across = (g.outputWidth + 1) >> 1, perImage = ((g.outputHeight + 1) >> 1) * across, tiles = g.images * perImage;
  const row = eights(C), plane = <usize>g.block * row + SKEW, panelPlane = <usize>C * PANEL_STEP;
  const pixel = <usize>F << 2, line = <usize>g.outputWidth * pixel, image = <usize>g.outputHeight * line;
  const panels: u32 = (F + 15) >> 4;
  packWeights(g, weight, turned);

  for (let first: u32 = 0; first < tiles; first += g.block) {
    const count = min(g.block, tiles - first);
    transformPixels(g, x, first, count);
    for (let j: u32 = 0; j < panels; j++) {
      const columns = min<u32>(16, F - (j << 4)), f = <usize>j << 6;
      const panel = g.weights + <usize>(j << 4) * panelPlane;
      const tileBias = biasOf(bias, f, columns);
      for (let near: u32 = 0; near < count; near += NEAR) {
        const nearCount = min(NEAR, count - near);
        for (let p: u32 = 0; p < 16; p++) {
          let a = g.pixels + <usize>p * plane + <usize>near * row;
          const b = panel + <usize>p * panelPlane, m = own(PRODUCTS) + <usize>p * NEAR_PLANE;
          for (let i: u32 = 0; i < nearCount; i += 4, a += row << 2) {
            tile4x16(a, row, row << 1, row * 3, 4, b, PANEL_STEP, C, m + <usize>i * PANEL_STEP, PANEL_STEP, false);
          }
        }
        let n = (first + near) / perImage;
        let ty = (first + near) % perImage / across, tx = (first + near) % perImage % across;
        for (let i: u32 = 0; i < nearCount; i++) {
          const y = out + <usize>n * image + <usize>(ty << 1) * line + <usize>(tx << 1) * pixel + f;
          const rows = min<u32>(2, g.outputHeight - (ty << 1)), pixels = min<u32>(2, g.outputWidth - (tx << 1));
          const m = own(PRODUCTS) + <usize>i * PANEL_STEP;
          if (rows == 2 && pixels == 2 && columns == 16) {
            outputs(m, tileBias, activation, slope, y, y + pixel, y + line, y + line + pixel);
          } else {
            outputs(m, tileBias, activation, slope, own(EDGE), own(EDGE) + 64, own(EDGE) + 128, own(EDGE) + 192);
            for (let r: u32 = 0; r < rows; r++) {
              for (let s: u32 = 0; s < pixels; s++) {
                memory.copy(
                  y + <usize>r * line + <usize>s * pixel, own(EDGE) + <usize>((r << 1) + s) * 64, columns << 2,
                );
              }
            }
          }
          if (++tx == across) {
            tx = 0;
            if (++ty * across == perImage) { ty = 0; n++; }
          }
        }
      }
    }
  }
}

/** dW += ∂loss/∂W for the filters from `from` to `to` − 1; `from` is a multiple of 16. */
export function winogradWeightGradient(at: usize, x: usize, dy: usize, dw: usize, from: u32, to: u32): void {
  const g = changetype<Winograd>(at);
  const C = g.channels, F = g.filters, panels: u32 = (to - from + 15) >> 4;
  const tiles = g.images * ((g.outputHeight + 1) >> 1) * ((g.outputWidth + 1) >> 1);
  const row = eights(C), plane = <usize>g.block * row + SKEW, gradientPlane = <usize>g.block * PANEL_STEP + SKEW;
  const sumPlane = (row >> 2) * PANEL_STEP, sums = g.weights;
  memory.fill(sums, 0, <usize>(panels << 4) * sumPlane);

  for (let first: u32 = 0; first < tiles; first += g.block) {
    const count = min(g.block, tiles - first);
    transformPixels(g, x, first, count);
    transformGradients(g, dy, from, panels, first, count);
    for (let j: u32 = 0; j < panels; j++) {
      for (let p: u32 = 0; p < 16; p++) {
        const at = <usize>((j << 4) + p), a = g.pixels + <usize>p * plane, b = g.gradients + at * gradientPlane;
        const s = sums + at * sumPlane;
        for (let c: u32 = 0; c < C; c += 4) {
          tile4x16(
            a + (<usize>c << 2), 4, 8, 12, row, b, PANEL_STEP, count, s + <usize>c * PANEL_STEP, PANEL_STEP, true,
          );
        }
      }
    }
  }

  const pixel = <usize>F << 2;
  for (let f = from; f < to; f += 4) {
    const columns = min<u32>(4, to - f);
    const s = sums + <usize>((f - from) & ~15) * sumPlane + (<usize>((f - from) & 15) << 2);
    for (let c: u32 = 0; c < C; c++) {
      backTile(s + <usize>c * PANEL_STEP, sumPlane, own(NINE), 16);
      let w = dw + <usize>c * pixel + (<usize>f << 2);
      for (let k: usize = 0; k < 9; k++, w += <usize>C * pixel) {
        const nine = own(NINE) + (k << 4);
        if (columns == 4) v128.store(w, f32x4.add(v128.load(w), v128.load(nine)));
        else for (let i: usize = 0; i < columns << 2; i += 4) store<f32>(w + i, load<f32>(w + i) + load<f32>(nine + i));
      }
    }
  }
}

/** outputTile for sixteen filters. */
function outputs(
  m: usize, bias: usize, activation: u32, slope: f32, y00: usize, y01: usize, y10: usize, y11: usize,
): void {
  outputTile(m, NEAR_PLANE, bias, activation == RELU, y00, y01, y10, y11);
  outputTile(m + 32, NEAR_PLANE, bias + 32, activation == RELU, y00 + 32, y01 + 32, y10 + 32, y11 + 32);
  if (activation == NONE || activation == RELU) return;
  activate(activation, slope, y00, y00, 16);
  activate(activation, slope, y01, y01, 16);
  activate(activation, slope, y10, y10, 16);
  activate(activation, slope, y11, y11, 16);
}

/** Returns the address of sixteen numbers to add to a panel of filters. */
function biasOf(bias: usize, f: usize, columns: u32): usize {
  if (!bias) return NO_BIAS;
  if (columns == 16) return bias + f;
  memory.copy(own(EDGE_BIAS), bias + f, columns << 2);
  return own(EDGE_BIAS);
}

/** Computes V of a block of tiles. */
function transformPixels(g: Winograd, x: usize, first: u32, count: u32): void {
  const down = (g.outputHeight + 1) >> 1, across = (g.outputWidth + 1) >> 1, perImage = down * across;
  const pixel = <usize>g.channels << 2, row = eights(g.channels), plane = <usize>g.block * row + SKEW;
  const fieldHeight = (down << 1) + 2, fieldWidth = (across << 1) + 2, line = <usize>fieldWidth * pixel;
  const image = <usize>(g.height * g.width) * pixel;
  let n = first / perImage, ty = (first % perImage) / across, tx = (first % perImage) % across;
  // The field still holds the image in which the previous block ended.
  let isPlaced = ty != 0 || tx != 0;
  let to = g.pixels;
  for (let t: u32 = 0; t < count; t++, to += row) {
    if (!isPlaced) {
      place(
        x + <usize>n * image, g.height, g.width, pixel, g.field, fieldHeight, fieldWidth, g.padTop, g.padLeft, 1, 1,
      );
      isPlaced = true;
    }
    inputTile(g.field + <usize>(ty << 1) * line + <usize>(tx << 1) * pixel, line, pixel, g.channels, to, plane);
    if (++tx == across) {
      tx = 0;
      if (++ty == down) { ty = 0; n++; isPlaced = false; }
    }
  }
}

/** Computes dM of a block of tiles, for the filters from `from`. */
function transformGradients(g: Winograd, dy: usize, from: u32, panels: u32, first: u32, count: u32): void {
  const down = (g.outputHeight + 1) >> 1, across = (g.outputWidth + 1) >> 1, perImage = down * across;
  const pixel = <usize>g.filters << 2, plane = <usize>g.block * PANEL_STEP + SKEW;
  const line = <usize>(across << 1) * pixel, image = <usize>(g.outputHeight * g.outputWidth) * pixel;
  let n = first / perImage, ty = (first % perImage) / across, tx = (first % perImage) % across;
  let isPlaced = ty != 0 || tx != 0;
  let to = g.gradients;
  for (let t: u32 = 0; t < count; t++, to += PANEL_STEP) {
    if (!isPlaced) {
      place(
        dy + <usize>n * image, g.outputHeight, g.outputWidth, pixel, g.gradientField,
        down << 1, across << 1, 0, 0, 1, 1,
      );
      isPlaced = true;
    }
    let at = g.gradientField + <usize>(ty << 1) * line + <usize>(tx << 1) * pixel + (<usize>from << 2);
    for (let j: u32 = 0; j < panels; j++, at += 64) {
      const panel = to + <usize>(j << 4) * plane;
      gradientTile(at, line, pixel, panel, plane);
      gradientTile(at + 32, line, pixel, panel + 32, plane);
    }
    if (++tx == across) {
      tx = 0;
      if (++ty == down) { ty = 0; n++; isPlaced = false; }
    }
  }
}

/** Packs U into panels: row k is a channel of the input, column a filter. */
function packWeights(g: Winograd, weight: usize, turned: bool): void {
  const C = g.channels, F = g.filters, plane = <usize>C * PANEL_STEP, pixel = <usize>(C * F) << 2;
  const across: usize = turned ? <usize>C << 2 : 4, down: usize = turned ? 4 : <usize>F << 2;
  for (let f: u32 = 0; f < F; f += 4) {
    const columns = min<u32>(4, F - f);
    const to = g.weights + <usize>(f & ~15) * plane + (<usize>(f & 15) << 2);
    for (let c: u32 = 0; c < C; c++) {
      const from = weight + <usize>f * across + <usize>c * down;
      for (let k: usize = 0; k < 9; k++) {
        gatherFour(from + (turned ? 8 - k : k) * pixel, across, columns, own(NINE) + (k << 4));
      }
      weightTile(own(NINE), 16, to + <usize>c * PANEL_STEP, plane);
    }
  }
}

/** Copies four numbers that are `step` bytes apart. If `count` < 4, the last one is repeated. */
@inline
function gatherFour(from: usize, step: usize, count: u32, to: usize): void {
  const at1: usize = count > 1 ? from + step : from, at2: usize = count > 2 ? at1 + step : at1;
  const at3: usize = count > 3 ? at2 + step : at2;
  let four = v128.load_splat<f32>(from);
  four = f32x4.replace_lane(four, 1, load<f32>(at1));
  four = f32x4.replace_lane(four, 2, load<f32>(at2));
  v128.store(to, f32x4.replace_lane(four, 3, load<f32>(at3)));
}

/** Bytes of this many channels, rounded up to a multiple of eight channels. */
function eights(channels: u32): usize {
  return <usize>((channels + 7) & ~7) << 2;
}
