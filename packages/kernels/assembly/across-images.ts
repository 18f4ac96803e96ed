// Convolutions with few filters, computed across images: sixteen images side by side, one per lane. With
// filters as lanes, as in segments.ts, six filters would leave two lanes in eight idle; images never do.
// Padding is skipped instead of multiplied. Reordering the data costs a twentieth of the work. The sums of
// each image run in the order of backend.ts.

import { activate, NONE, RELU } from "./activations";

/** Bytes of one number of sixteen images. */
const LANES: usize = 64;

/**
 * Written by JavaScript (src/batch-vectorized-convolution.ts) in this order, 32 bits each. The input gradient
 * is a convolution of dy.
 */
@unmanaged
class Across {
  images: u32;
  height: u32;
  width: u32;
  channels: u32;
  filters: u32;
  kernelHeight: u32;
  kernelWidth: u32;
  strideHeight: u32;
  strideWidth: u32;
  dilationHeight: u32;
  padTop: i32;
  padLeft: i32;
  outputHeight: u32;
  outputWidth: u32;
  /** Filters per tile, 3 or 4, and the number of filters rounded up to whole tiles. */
  tile: u32;
  packed: u32;
  /**
   * Bytes from filter to filter in a row of outputs. Always 64, but read from memory: V8 folds constant
   * addresses into offsets, which prevents 256-bit instructions in a tile that stores there.
   */
  step: usize;
  /**
   * Addresses of the workspace buffers: (KH, KW, C, packed) and (packed), sixteen images, sixteen rows of
   * outputs.
   */
  weights: usize;
  bias: usize;
  field: usize;
  row: usize;
}

/**
 * out = activation(x ∗ W + bias). All weights must be finite. turned: the weights are (KH, KW, filters,
 * channels), of the convolution whose input is `out`, and are rotated by 180 degrees here.
 */
export function convolveAcross(
  at: usize, x: usize, weight: usize, turned: bool, bias: usize, activation: u32, slope: f32, out: usize,
): void {
  const g = changetype<Across>(at);
  if (turned) packTurned(g, weight);
  else packWeights(g, weight);
  memory.fill(g.bias, 0, <usize>g.packed << 2);
  if (bias) memory.copy(g.bias, bias, <usize>g.filters << 2);

  const imageFloats = g.height * g.width * g.channels, rowFloats = g.outputWidth * g.filters;
  const imageBytes = <usize>imageFloats << 2, outBytes = <usize>(g.outputHeight * rowFloats) << 2;
  const least: f32 = activation == RELU ? 0 : -Infinity;
  for (let n: u32 = 0; n < g.images; n += 16) {
    const count = min<u32>(16, g.images - n);
    toLanes(x + <usize>n * imageBytes, imageBytes, count, imageFloats, g.field);
    for (let oy: u32 = 0; oy < g.outputHeight; oy++) {
      outputRow(g, oy);
      if (activation != RELU && activation != NONE) activate(activation, slope, g.row, g.row, rowFloats << 4);
      fromLanes(g.row, rowFloats, least, out + <usize>n * outBytes + (<usize>(oy * rowFloats) << 2), outBytes, count);
    }
  }
}

/** Computes one row of outputs of sixteen images, (OW, F) lanes. */
function outputRow(g: Across, oy: u32): void {
  const dilation = <i32>g.dilationHeight, top = <i32>(oy * g.strideHeight) - g.padTop;
  // The rows of the window that lie inside the image.
  const firstY = top < 0 ? (dilation - 1 - top) / dilation : 0;
  const endY = min<i32>(<i32>g.kernelHeight, (<i32>g.height - top + dilation - 1) / dilation);
  const lines = <u32>max<i32>(0, endY - firstY);
  const line = <usize>(g.width * g.channels) * LANES, xLine = line * g.dilationHeight;
  const wStep = <usize>g.packed << 2, wPixel = wStep * g.channels, wLine = wPixel * g.kernelWidth;
  const image = g.field + <usize>(top + firstY * dilation) * line, weights = g.weights + <usize>firstY * wLine;
  const step = g.step;
  let to = g.row;
  for (let ox: u32 = 0; ox < g.outputWidth; ox++) {
    const left = <i32>(ox * g.strideWidth) - g.padLeft;
    const firstX = max<i32>(0, -left), endX = min<i32>(<i32>g.kernelWidth, <i32>g.width - left);
    const run = <u32>max<i32>(0, endX - firstX) * g.channels;
    const a = image + <usize>((left + firstX) * <i32>g.channels) * LANES, b = weights + <usize>firstX * wPixel;
    for (let f: u32 = 0; f < g.filters; f += g.tile) {
      const offset = <usize>f << 2, count = g.filters - f;
      if (g.tile == 3) {
        tile3(a, xLine, b + offset, wLine, wStep, lines, run, g.bias + offset, to + <usize>f * step, step, count);
      }
      else tile4(a, xLine, b + offset, wLine, wStep, lines, run, g.bias + offset, to + <usize>f * step, step, count);
    }
    to += <usize>g.filters * step;
  }
}

/**
 * Sums three filters over `lines` rows of the window with `run` terms each. Stores the first `count` of them.
 */
function tile3(
  x: usize, xLine: usize, w: usize, wLine: usize, wStep: usize, lines: u32, run: u32,
  bias: usize, to: usize, step: usize, count: u32,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s03 = s00;
  let s10 = s00, s11 = s00, s12 = s00, s13 = s00;
  let s20 = s00, s21 = s00, s22 = s00, s23 = s00;
  for (; lines > 0; lines--) {
    let a = x, b = w;
    for (let k: u32 = 0; k < run; k++) {
      const a0 = v128.load(a, 0), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48);
      const b0 = v128.load_splat<f32>(b, 0);
      s00 = f32x4.add(s00, f32x4.mul(a0, b0)); s01 = f32x4.add(s01, f32x4.mul(a1, b0));
      s02 = f32x4.add(s02, f32x4.mul(a2, b0)); s03 = f32x4.add(s03, f32x4.mul(a3, b0));
      const b1 = v128.load_splat<f32>(b, 4);
      s10 = f32x4.add(s10, f32x4.mul(a0, b1)); s11 = f32x4.add(s11, f32x4.mul(a1, b1));
      s12 = f32x4.add(s12, f32x4.mul(a2, b1)); s13 = f32x4.add(s13, f32x4.mul(a3, b1));
      const b2 = v128.load_splat<f32>(b, 8);
      s20 = f32x4.add(s20, f32x4.mul(a0, b2)); s21 = f32x4.add(s21, f32x4.mul(a1, b2));
      s22 = f32x4.add(s22, f32x4.mul(a2, b2)); s23 = f32x4.add(s23, f32x4.mul(a3, b2));
      a += LANES;
      b += wStep;
    }
    x += xLine;
    w += wLine;
  }
  addBias(s00, s01, s02, s03, bias, to);
  if (count > 1) addBias(s10, s11, s12, s13, bias + 4, to + step);
  if (count > 2) addBias(s20, s21, s22, s23, bias + 8, to + step * 2);
}

/**
 * Sums four filters over `lines` rows of the window with `run` terms each. Stores the first `count` of them.
 */
function tile4(
  x: usize, xLine: usize, w: usize, wLine: usize, wStep: usize, lines: u32, run: u32,
  bias: usize, to: usize, step: usize, count: u32,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s03 = s00;
  let s10 = s00, s11 = s00, s12 = s00, s13 = s00;
  let s20 = s00, s21 = s00, s22 = s00, s23 = s00;
  let s30 = s00, s31 = s00, s32 = s00, s33 = s00;
  for (; lines > 0; lines--) {
    let a = x, b = w;
    for (let k: u32 = 0; k < run; k++) {
      const a0 = v128.load(a, 0), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48);
      const b0 = v128.load_splat<f32>(b, 0);
      s00 = f32x4.add(s00, f32x4.mul(a0, b0)); s01 = f32x4.add(s01, f32x4.mul(a1, b0));
      s02 = f32x4.add(s02, f32x4.mul(a2, b0)); s03 = f32x4.add(s03, f32x4.mul(a3, b0));
      const b1 = v128.load_splat<f32>(b, 4);
      s10 = f32x4.add(s10, f32x4.mul(a0, b1)); s11 = f32x4.add(s11, f32x4.mul(a1, b1));
      s12 = f32x4.add(s12, f32x4.mul(a2, b1)); s13 = f32x4.add(s13, f32x4.mul(a3, b1));
      const b2 = v128.load_splat<f32>(b, 8);
      s20 = f32x4.add(s20, f32x4.mul(a0, b2)); s21 = f32x4.add(s21, f32x4.mul(a1, b2));
      s22 = f32x4.add(s22, f32x4.mul(a2, b2)); s23 = f32x4.add(s23, f32x4.mul(a3, b2));
      const b3 = v128.load_splat<f32>(b, 12);
      s30 = f32x4.add(s30, f32x4.mul(a0, b3)); s31 = f32x4.add(s31, f32x4.mul(a1, b3));
      s32 = f32x4.add(s32, f32x4.mul(a2, b3)); s33 = f32x4.add(s33, f32x4.mul(a3, b3));
      a += LANES;
      b += wStep;
    }
    x += xLine;
    w += wLine;
  }
  addBias(s00, s01, s02, s03, bias, to);
  if (count > 1) addBias(s10, s11, s12, s13, bias + 4, to + step);
  if (count > 2) addBias(s20, s21, s22, s23, bias + 8, to + step * 2);
  if (count > 3) addBias(s30, s31, s32, s33, bias + 12, to + step * 3);
}

@inline
function addBias(s0: v128, s1: v128, s2: v128, s3: v128, bias: usize, to: usize): void {
  const b = v128.load_splat<f32>(bias);
  s0 = f32x4.add(s0, b); s1 = f32x4.add(s1, b); s2 = f32x4.add(s2, b); s3 = f32x4.add(s3, b);
  v128.store(to, s0, 0); v128.store(to, s1, 16); v128.store(to, s2, 32); v128.store(to, s3, 48);
}

/** weights[ky, kx, c, f] = w[ky, kx, c, f], zeros beyond the last filter. */
function packWeights(g: Across, weight: usize): void {
  const bytes = <usize>g.filters << 2, step = <usize>g.packed << 2;
  let to = g.weights;
  for (let k = g.kernelHeight * g.kernelWidth * g.channels; k > 0; k--) {
    memory.fill(to, 0, step);
    memory.copy(to, weight, bytes);
    weight += bytes;
    to += step;
  }
}

/** weights[ky, kx, c, f] = w[KH − 1 − ky, KW − 1 − kx, f, c]. */
function packTurned(g: Across, weight: usize): void {
  let to = g.weights;
  for (let window = g.kernelHeight * g.kernelWidth; window > 0; window--) {
    const from = weight + (<usize>((window - 1) * g.filters * g.channels) << 2);
    for (let c: u32 = 0; c < g.channels; c++) {
      for (let f: u32 = 0; f < g.packed; f++, to += 4) {
        store<f32>(to, f < g.filters ? load<f32>(from + (<usize>(f * g.channels + c) << 2)) : 0);
      }
    }
  }
}

/**
 * to[i, lane] = number i of image `lane`. step: bytes from image to image. Lanes beyond the last image repeat
 * it.
 */
function toLanes(from: usize, step: usize, count: u32, floats: u32, to: usize): void {
  for (let lane: u32 = 0; lane < 16; lane += 4) {
    const last = count - 1, target = to + (<usize>lane << 2);
    const row0 = from + <usize>min<u32>(lane, last) * step, row1 = from + <usize>min<u32>(lane + 1, last) * step;
    const row2 = from + <usize>min<u32>(lane + 2, last) * step, row3 = from + <usize>min<u32>(lane + 3, last) * step;
    let i: u32 = 0;
    for (; i + 4 <= floats; i += 4) {
      const at = <usize>i << 2, place = target + <usize>i * LANES;
      const x0 = v128.load(row0 + at), x1 = v128.load(row1 + at), x2 = v128.load(row2 + at), x3 = v128.load(row3 + at);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(place, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), 0);
      v128.store(place, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 64);
      v128.store(place, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 128);
      v128.store(place, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 192);
    }
    for (; i < floats; i++) {
      const at = <usize>i << 2, place = target + <usize>i * LANES;
      store<f32>(place, load<f32>(row0 + at), 0);
      store<f32>(place, load<f32>(row1 + at), 4);
      store<f32>(place, load<f32>(row2 + at), 8);
      store<f32>(place, load<f32>(row3 + at), 12);
    }
  }
}

/**
 * The inverse of toLanes for `count` images: image `lane` gets its numbers. step: bytes from image to image.
 * Numbers below `least` become `least`, which is 0 for a relu; NaN stays NaN.
 */
function fromLanes(from: usize, floats: u32, least: f32, to: usize, step: usize, count: u32): void {
  for (let lane: u32 = 0; lane < count; lane += 4) {
    const source = from + (<usize>lane << 2), row0 = to + <usize>lane * step;
    const row1 = row0 + step, row2 = row1 + step, row3 = row2 + step;
    const rows = count - lane;
    const m = f32x4.splat(least);
    let i: u32 = 0;
    for (; i + 4 <= floats; i += 4) {
      const at = <usize>i << 2, place = source + <usize>i * LANES;
      const x0 = f32x4.pmax(v128.load(place, 0), m), x1 = f32x4.pmax(v128.load(place, 64), m);
      const x2 = f32x4.pmax(v128.load(place, 128), m), x3 = f32x4.pmax(v128.load(place, 192), m);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(row0 + at, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      if (rows > 1) v128.store(row1 + at, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      if (rows > 2) v128.store(row2 + at, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      if (rows > 3) v128.store(row3 + at, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    }
    for (; i < floats; i++) {
      const at = <usize>i << 2, place = source + <usize>i * LANES;
      const x = f32x4.pmax(v128.load(place), m);
      store<f32>(row0 + at, f32x4.extract_lane(x, 0));
      if (rows > 1) store<f32>(row1 + at, f32x4.extract_lane(x, 1));
      if (rows > 2) store<f32>(row2 + at, f32x4.extract_lane(x, 2));
      if (rows > 3) store<f32>(row3 + at, f32x4.extract_lane(x, 3));
    }
  }
}
