// Convolutions of images (N, H, W, C) with weights (KH, KW, C / groups, F). All three are segmented products,
// one image after the other. Forward: a row is an output pixel, and a segment is a row of the window. Weight
// gradient: a row is a weight, and a segment is a row of output pixels. Input gradient: a row is an input
// pixel, and the window, rotated by 180 degrees, lies on dy.

import { own } from "./own";
import { packColumns, packNarrow, PANEL_STEP } from "./panel";
import { segmentedProduct, Segments } from "./segments";

/** Window and sizes, written by JavaScript (src/convolution.ts) in this order, 32 bits each. */
@unmanaged
class Geometry {
  images: u32;
  height: u32;
  width: u32;
  channels: u32;
  filters: u32;
  groups: u32;
  kernelHeight: u32;
  kernelWidth: u32;
  strideHeight: u32;
  strideWidth: u32;
  dilationHeight: u32;
  dilationWidth: u32;
  padTop: i32;
  padLeft: i32;
  outputHeight: u32;
  outputWidth: u32;
  /** Addresses of the workspace buffers. */
  padded: usize;
  rows: usize;
  offsets: usize;
  panels: usize;
}

const SEGMENTS: usize = memory.data(16, 16);

/** out = activation(x ∗ W + bias). */
export function convolve(
  at: usize, x: usize, weight: usize, bias: usize, activation: u32, slope: f32, out: usize,
): void {
  const g = changetype<Geometry>(at), segments = changetype<Segments>(own(SEGMENTS));
  const groupC = g.channels / g.groups, groupF = g.filters / g.groups;
  const pixel = <usize>g.channels << 2, imageBytes = <usize>(g.height * g.width) * pixel;
  const paddedHeight = (g.outputHeight - 1) * g.strideHeight + (g.kernelHeight - 1) * g.dilationHeight + 1;
  const paddedWidth = (g.outputWidth - 1) * g.strideWidth + (g.kernelWidth - 1) * g.dilationWidth + 1;
  const isPadded = g.padTop != 0 || g.padLeft != 0 || paddedHeight > g.height || paddedWidth > g.width;
  const line = isPadded ? <usize>paddedWidth * pixel : <usize>g.width * pixel;
  const pixels = g.outputHeight * g.outputWidth;
  const terms = g.kernelHeight * g.kernelWidth * groupC;

  listPixels(g.rows, g.outputHeight, g.outputWidth, <usize>g.strideHeight * line, <usize>g.strideWidth * pixel);
  setWindow(g, segments, line, pixel, groupC);

  for (let group: u32 = 0; group < g.groups; group++) {
    const f = <usize>(group * groupF) << 2;
    packPanels(weight + f, <usize>g.filters << 2, terms, groupF, g.panels);
    for (let n: u32 = 0; n < g.images; n++) {
      let image = x + <usize>n * imageBytes;
      if (isPadded) {
        place(image, g.height, g.width, pixel, g.padded, paddedHeight, paddedWidth, g.padTop, g.padLeft, 1, 1);
        image = g.padded;
      }
      segmentedProduct(
        pixels, groupF, image + (<usize>(group * groupC) << 2), g.rows, segments,
        g.panels, PANEL_STEP, <usize>terms * PANEL_STEP,
        out + (<usize>(n * pixels * g.filters) << 2) + f, <usize>g.filters << 2, false,
        bias ? bias + f : 0, activation, slope,
      );
    }
  }
}

/**
 * dW += ∂loss/∂W for a part of the weights, so that threads can share them: `rows` rows (ky, kx, c) of the
 * weights of each group from firstRow, and `filters` filters of the group from firstFilter.
 */
export function convolveWeightGradient(
  at: usize, x: usize, dy: usize, dw: usize, firstRow: u32, rows: u32, firstFilter: u32, filters: u32,
): void {
  const g = changetype<Geometry>(at), segments = changetype<Segments>(own(SEGMENTS));
  const groupC = g.channels / g.groups, groupF = g.filters / g.groups;
  const pixel = <usize>g.channels << 2, imageBytes = <usize>(g.height * g.width) * pixel;
  const paddedHeight = (g.outputHeight - 1) * g.strideHeight + (g.kernelHeight - 1) * g.dilationHeight + 1;
  const paddedWidth = (g.outputWidth - 1) * g.strideWidth + (g.kernelWidth - 1) * g.dilationWidth + 1;
  const isPadded = g.padTop != 0 || g.padLeft != 0 || paddedHeight > g.height || paddedWidth > g.width;
  const line = isPadded ? <usize>paddedWidth * pixel : <usize>g.width * pixel;
  const pixels = g.outputHeight * g.outputWidth, filter = <usize>g.filters << 2;

  // One row for each weight of a filter, (ky, kx, c).
  let row = g.rows;
  for (let ky: u32 = 0; ky < g.kernelHeight; ky++) {
    for (let kx: u32 = 0; kx < g.kernelWidth; kx++) {
      const corner = <usize>(ky * g.dilationHeight) * line + <usize>(kx * g.dilationWidth) * pixel;
      for (let c: u32 = 0; c < groupC; c++, row += 4) store<u32>(row, corner + (<usize>c << 2));
    }
  }
  for (let oy: u32 = 0; oy < g.outputHeight; oy++) {
    store<u32>(g.offsets + (<usize>oy << 2), <usize>(oy * g.strideHeight) * line);
  }
  segments.offsets = g.offsets;
  segments.count = g.outputHeight;
  segments.run = g.outputWidth;
  segments.step = <usize>g.strideWidth * pixel;

  for (let n: u32 = 0; n < g.images; n++) {
    let image = x + <usize>n * imageBytes;
    if (isPadded) {
      place(image, g.height, g.width, pixel, g.padded, paddedHeight, paddedWidth, g.padTop, g.padLeft, 1, 1);
      image = g.padded;
    }
    const gradient = dy + <usize>(n * pixels) * filter;
    for (let group: u32 = 0; group < g.groups; group++) {
      const f = <usize>(group * groupF + firstFilter) << 2;
      packPanels(gradient + f, filter, pixels, filters, g.panels);
      segmentedProduct(
        rows, filters, image + (<usize>(group * groupC) << 2), g.rows + (<usize>firstRow << 2), segments,
        g.panels, PANEL_STEP, <usize>pixels * PANEL_STEP,
        dw + <usize>firstRow * filter + f, filter, true, 0, 0, 0,
      );
    }
  }
}

/** dx = ∂loss/∂x. */
export function convolveInputGradient(at: usize, dy: usize, weight: usize, dx: usize): void {
  const g = changetype<Geometry>(at), segments = changetype<Segments>(own(SEGMENTS));
  const groupC = g.channels / g.groups, groupF = g.filters / g.groups;
  const pixel = <usize>g.filters << 2, gradientBytes = <usize>(g.outputHeight * g.outputWidth) * pixel;
  const reachHeight = (g.kernelHeight - 1) * g.dilationHeight, reachWidth = (g.kernelWidth - 1) * g.dilationWidth;
  const paddedHeight = g.height + reachHeight, paddedWidth = g.width + reachWidth;
  const line = <usize>paddedWidth * pixel;
  const pixels = g.height * g.width, channel = <usize>g.channels << 2;
  const terms = g.kernelHeight * g.kernelWidth * groupF;

  listPixels(g.rows, g.height, g.width, line, pixel);
  setWindow(g, segments, line, pixel, groupF);

  for (let group: u32 = 0; group < g.groups; group++) {
    packTurned(g, weight, group * groupF, groupC, groupF, terms);
    for (let n: u32 = 0; n < g.images; n++) {
      place(
        dy + <usize>n * gradientBytes, g.outputHeight, g.outputWidth, pixel, g.padded, paddedHeight, paddedWidth,
        <i32>reachHeight - g.padTop, <i32>reachWidth - g.padLeft, g.strideHeight, g.strideWidth,
      );
      const c = <usize>(group * groupC) << 2;
      segmentedProduct(
        pixels, groupC, g.padded + (<usize>(group * groupF) << 2), g.rows, segments,
        g.panels, PANEL_STEP, <usize>terms * PANEL_STEP,
        dx + <usize>(n * pixels) * channel + c, channel, false, 0, 0, 0,
      );
    }
  }
}

/** rows[y·width + x] = y·down + x·across, the start of the window of each pixel. */
function listPixels(rows: usize, height: u32, width: u32, down: usize, across: usize): void {
  for (let y: u32 = 0; y < height; y++) {
    for (let x: u32 = 0; x < width; x++, rows += 4) store<u32>(rows, <usize>y * down + <usize>x * across);
  }
}

/** Sets the segments of a window: its rows if all (kx, c) are contiguous, else its pixels. */
function setWindow(g: Geometry, segments: Segments, line: usize, pixel: usize, depth: u32): void {
  const whole = g.dilationWidth == 1 && g.groups == 1;
  const across: u32 = whole ? 1 : g.kernelWidth;
  let at = g.offsets;
  for (let ky: u32 = 0; ky < g.kernelHeight; ky++) {
    for (let kx: u32 = 0; kx < across; kx++, at += 4) {
      store<u32>(at, <usize>(ky * g.dilationHeight) * line + <usize>(kx * g.dilationWidth) * pixel);
    }
  }
  segments.offsets = g.offsets;
  segments.count = g.kernelHeight * across;
  segments.run = whole ? g.kernelWidth * depth : depth;
  segments.step = 4;
}

/** Packs b (K, N) into panels of sixteen columns. bStep: bytes from row to row. */
function packPanels(b: usize, bStep: usize, K: u32, N: u32, panels: usize): void {
  for (let j: u32 = 0; j < N; j += 16) {
    const columns = min<u32>(16, N - j);
    if (columns <= 8) packNarrow(b + (<usize>j << 2), bStep, K, columns, panels);
    else packColumns(b + (<usize>j << 2), bStep, K, columns, panels);
    panels += <usize>K * PANEL_STEP;
  }
}

/**
 * Packs the weights of a group, rotated by 180 degrees, into panels of sixteen channels: row (ky′, kx′, f),
 * column c.
 */
function packTurned(g: Geometry, weight: usize, firstF: u32, groupC: u32, groupF: u32, terms: u32): void {
  let to = g.panels;
  for (let j: u32 = 0; j < groupC; j += 16) {
    const columns = min<u32>(16, groupC - j);
    for (let window = g.kernelHeight * g.kernelWidth; window > 0; window--) {
      const from = weight + (<usize>(((window - 1) * groupC + j) * g.filters + firstF) << 2);
      for (let f: u32 = 0; f < groupF; f++, to += PANEL_STEP) {
        for (let c: u32 = 0; c < 16; c++) {
          const value: f32 = c < columns ? load<f32>(from + (<usize>(c * g.filters + f) << 2)) : 0;
          store<f32>(to + (<usize>c << 2), value);
        }
      }
    }
  }
}

/**
 * Copies an image (height, width) into a field of zeros: pixel (y, x) goes to (top + y·down, left +
 * x·across). Pixels outside the field are skipped. pixel: bytes per pixel.
 */
export function place(
  image: usize, height: u32, width: u32, pixel: usize,
  field: usize, fieldHeight: u32, fieldWidth: u32, top: i32, left: i32, down: u32, across: u32,
): void {
  const line = <usize>fieldWidth * pixel;
  memory.fill(field, 0, <usize>fieldHeight * line);
  for (let y: u32 = 0; y < height; y++) {
    const toY = top + <i32>(y * down);
    if (toY < 0 || toY >= <i32>fieldHeight) continue;
    const from = image + <usize>(y * width) * pixel, to = field + <usize>toY * line;
    if (across == 1) {
      const skip = left < 0 ? -left : 0, start = left + skip;
      const count = min<i32>(<i32>width - skip, <i32>fieldWidth - start);
      if (count > 0) memory.copy(to + <usize>start * pixel, from + <usize>skip * pixel, <usize>count * pixel);
    } else {
      for (let x: u32 = 0; x < width; x++) {
        const toX = left + <i32>(x * across);
        if (toX >= 0 && toX < <i32>fieldWidth) memory.copy(to + <usize>toX * pixel, from + <usize>x * pixel, pixel);
      }
    }
  }
}
