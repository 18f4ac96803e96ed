// Normalization per channel. x is (segments, rows, columns), with channels as columns.
// channel-normalization.ts of the tensor package defines the order of the sums. A block of rows stays in the
// L1 cache between its two passes. Each block is summed separately; `partials` holds its sums until they are
// joined.
//
// Columns are processed sixteen at a time. The last sixteen may overlap the ones before; both compute the
// same values.

import { activate, NONE, RELU } from "./activations";

const BLOCK: u32 = 64;

/** Backend.channelMoments. partials: 3 · columns numbers per block of rows. */
export function channelMoments(
  x: usize, segments: u32, rows: u32, columns: u32, mean: usize, variance: usize, partials: usize,
): void {
  const step = <usize>columns << 2;
  for (let segment: u32 = 0; segment < segments; segment++) {
    blockMoments(x, rows, columns, partials);
    joinMoments(partials, rows, columns, mean, variance);
    x += <usize>rows * step;
    mean += step;
    variance += step;
  }
}

/** Computes c, s and q of each block of rows, one block after the other. Threads can share the blocks. */
export function blockMoments(x: usize, rows: u32, columns: u32, partials: usize): void {
  const step = <usize>columns << 2;
  for (let first: u32 = 0; first < rows; first += BLOCK) {
    const n = min(BLOCK, rows - first);
    momentsOfBlock(x, n, columns, partials);
    x += <usize>n * step;
    partials += 3 * step;
  }
}

/** Computes c, s and q of each column of a block, each as one row of numbers. */
function momentsOfBlock(x: usize, rows: u32, columns: u32, to: usize): void {
  const step = <usize>columns << 2;
  const n = f32x4.splat(<f32>rows);
  if (columns >= 16) {
    for (let j: u32 = 0; j < columns; j += 16) {
      const at = <usize>min(j, columns - 16) << 2;
      let from = x + at;
      let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0;
      for (let i: u32 = 0; i < rows; i++) {
        c0 = f32x4.add(c0, v128.load(from, 0)); c1 = f32x4.add(c1, v128.load(from, 16));
        c2 = f32x4.add(c2, v128.load(from, 32)); c3 = f32x4.add(c3, v128.load(from, 48));
        from += step;
      }
      c0 = f32x4.div(c0, n); c1 = f32x4.div(c1, n);
      c2 = f32x4.div(c2, n); c3 = f32x4.div(c3, n);
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let q0 = s0, q1 = s0, q2 = s0, q3 = s0;
      from = x + at;
      for (let i: u32 = 0; i < rows; i++) {
        const d0 = f32x4.sub(v128.load(from, 0), c0), d1 = f32x4.sub(v128.load(from, 16), c1);
        const d2 = f32x4.sub(v128.load(from, 32), c2), d3 = f32x4.sub(v128.load(from, 48), c3);
        s0 = f32x4.add(s0, d0); s1 = f32x4.add(s1, d1);
        s2 = f32x4.add(s2, d2); s3 = f32x4.add(s3, d3);
        q0 = f32x4.add(q0, f32x4.mul(d0, d0)); q1 = f32x4.add(q1, f32x4.mul(d1, d1));
        q2 = f32x4.add(q2, f32x4.mul(d2, d2)); q3 = f32x4.add(q3, f32x4.mul(d3, d3));
        from += step;
      }
      const c = to + at, s = c + step, q = s + step;
      v128.store(c, c0, 0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48);
      v128.store(s, s0, 0); v128.store(s, s1, 16); v128.store(s, s2, 32); v128.store(s, s3, 48);
      v128.store(q, q0, 0); v128.store(q, q1, 16); v128.store(q, q2, 32); v128.store(q, q3, 48);
    }
    return;
  }
  if (columns >= 4) {
    for (let j: u32 = 0; j < columns; j += 4) {
      const at = <usize>min(j, columns - 4) << 2;
      let from = x + at;
      let c0 = f32x4.splat(0);
      for (let i: u32 = 0; i < rows; i++) {
        c0 = f32x4.add(c0, v128.load(from));
        from += step;
      }
      c0 = f32x4.div(c0, n);
      let s0 = f32x4.splat(0), q0 = s0;
      from = x + at;
      for (let i: u32 = 0; i < rows; i++) {
        const d0 = f32x4.sub(v128.load(from), c0);
        s0 = f32x4.add(s0, d0);
        q0 = f32x4.add(q0, f32x4.mul(d0, d0));
        from += step;
      }
      const c = to + at, s = c + step, q = s + step;
      v128.store(c, c0); v128.store(s, s0); v128.store(q, q0);
    }
    return;
  }
  for (let j: u32 = 0; j < columns; j++) {
    const at = <usize>j << 2;
    let from = x + at;
    let c0: f32 = 0;
    for (let i: u32 = 0; i < rows; i++) {
      c0 += load<f32>(from);
      from += step;
    }
    c0 /= <f32>rows;
    let s0: f32 = 0, q0: f32 = 0;
    from = x + at;
    for (let i: u32 = 0; i < rows; i++) {
      const d0 = load<f32>(from) - c0;
      s0 += d0;
      q0 += d0 * d0;
      from += step;
    }
    const c = to + at, s = c + step, q = s + step;
    store<f32>(c, c0); store<f32>(s, s0); store<f32>(q, q0);
  }
}

/** Computes μ and σ² of each column of a segment from the sums of its blocks, two columns at a time. */
export function joinMoments(partials: usize, rows: u32, columns: u32, mean: usize, variance: usize): void {
  const step = <usize>columns << 2;
  const zero = f64x2.splat(0);
  const P = f64x2.splat(<f64>rows);
  // A single column is processed as two equal ones.
  const both = columns >= 2;
  for (let j: u32 = 0; j < columns; j += 2) {
    const at = both ? <usize>min(j, columns - 2) << 2 : 0;
    let from = partials + at;
    let average = zero, squares = zero;
    for (let first: u32 = 0; first < rows; first += BLOCK) {
      const length = min(BLOCK, rows - first);
      const n = f64x2.splat(<f64>length);
      const w = <f64>length / <f64>(first + length);
      const c = pair(from, both), s = pair(from + step, both), q = pair(from + 2 * step, both);
      const rest = f64x2.div(s, n);
      const delta = f64x2.sub(f64x2.add(c, rest), average);
      const within = f64x2.sub(q, f64x2.mul(s, rest));
      const between = f64x2.mul(f64x2.mul(delta, delta), f64x2.splat(<f64>first * w));
      squares = f64x2.add(squares, f64x2.add(within, between));
      average = f64x2.add(average, f64x2.mul(delta, f64x2.splat(w)));
      from += 3 * step;
    }
    storePair(mean + at, average, both);
    storePair(variance + at, f64x2.div(f64x2.pmax(squares, zero), P), both);
  }
}

/**
 * Backend.normalizeChannels. Activations other than relu run on each block of rows while it is in the L1
 * cache.
 */
export function normalizeChannels(
  x: usize, segments: u32, rows: u32, columns: u32, mean: usize, scale: usize, shift: usize,
  kind: u32, slope: f32, out: usize,
): void {
  const step = <usize>columns << 2;
  // y < floor ? floor : y is relu with floor 0, and y itself with floor −∞.
  const floor: f32 = kind == RELU ? 0 : -Infinity;
  for (let segment: u32 = 0; segment < segments; segment++) {
    for (let first: u32 = 0; first < rows; first += BLOCK) {
      const n = min(BLOCK, rows - first);
      for (let i: u32 = 0; i < n; i++) {
        normalizeRow(x + <usize>i * step, columns, mean, scale, shift, floor, out + <usize>i * step);
      }
      if (kind != NONE && kind != RELU) activate(kind, slope, out, out, n * columns);
      x += <usize>n * step;
      out += <usize>n * step;
    }
    mean += step;
    scale += step;
  }
}

@inline
function normalizeRow(x: usize, columns: u32, mean: usize, scale: usize, shift: usize, floor: f32, out: usize): void {
  const least = f32x4.splat(floor);
  let j: u32 = 0;
  for (; j + 8 <= columns; j += 8) {
    const at = <usize>j << 2;
    const d0 = f32x4.sub(v128.load(x + at, 0), v128.load(mean + at, 0));
    const d1 = f32x4.sub(v128.load(x + at, 16), v128.load(mean + at, 16));
    const n0 = f32x4.mul(d0, v128.load(scale + at, 0)), n1 = f32x4.mul(d1, v128.load(scale + at, 16));
    const y0 = f32x4.add(n0, v128.load(shift + at, 0)), y1 = f32x4.add(n1, v128.load(shift + at, 16));
    const r0 = f32x4.pmax(y0, least), r1 = f32x4.pmax(y1, least);
    v128.store(out + at, r0, 0); v128.store(out + at, r1, 16);
  }
  for (; j < columns; j++) {
    const at = <usize>j << 2;
    const normal = (load<f32>(x + at) - load<f32>(mean + at)) * load<f32>(scale + at);
    const y = normal + load<f32>(shift + at);
    store<f32>(out + at, y < floor ? floor : y);
  }
}

/** Backend.channelGradientSums. partials: 2 · columns numbers per block of rows. */
export function channelGradientSums(
  x: usize, dy: usize, segments: u32, rows: u32, columns: u32, mean: usize,
  sum: usize, projection: usize, partials: usize,
): void {
  const step = <usize>columns << 2;
  for (let segment: u32 = 0; segment < segments; segment++) {
    blockGradientSums(x, dy, rows, columns, mean, partials);
    joinGradientSums(partials, rows, columns, sum, projection);
    x += <usize>rows * step;
    dy += <usize>rows * step;
    mean += step;
    sum += step;
    projection += step;
  }
}

/**
 * Computes Σ dy and Σ dy·(x − mean) of each block of rows, one block after the other. Threads can share the
 * blocks.
 */
export function blockGradientSums(x: usize, dy: usize, rows: u32, columns: u32, mean: usize, partials: usize): void {
  const step = <usize>columns << 2;
  for (let first: u32 = 0; first < rows; first += BLOCK) {
    const n = min(BLOCK, rows - first);
    gradientSumsOfBlock(x, dy, n, columns, mean, partials);
    x += <usize>n * step;
    dy += <usize>n * step;
    partials += 2 * step;
  }
}

/** Computes both sums of each column of a segment from the sums of its blocks. */
export function joinGradientSums(partials: usize, rows: u32, columns: u32, sum: usize, projection: usize): void {
  const step = <usize>columns << 2;
  addPartials(partials, rows, columns, 2 * step, sum);
  addPartials(partials + step, rows, columns, 2 * step, projection);
}

/** Computes Σ dy and Σ dy·(x − mean) of each column of a block, each as one row of numbers. */
function gradientSumsOfBlock(x: usize, dy: usize, rows: u32, columns: u32, mean: usize, to: usize): void {
  const step = <usize>columns << 2;
  if (columns >= 16) {
    for (let j: u32 = 0; j < columns; j += 16) {
      const at = <usize>min(j, columns - 16) << 2;
      let from = x + at, dFrom = dy + at;
      const m = mean + at;
      const m0 = v128.load(m, 0), m1 = v128.load(m, 16), m2 = v128.load(m, 32), m3 = v128.load(m, 48);
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let p0 = s0, p1 = s0, p2 = s0, p3 = s0;
      for (let i: u32 = 0; i < rows; i++) {
        const d0 = v128.load(dFrom, 0), d1 = v128.load(dFrom, 16), d2 = v128.load(dFrom, 32), d3 = v128.load(dFrom, 48);
        const x0 = f32x4.sub(v128.load(from, 0), m0), x1 = f32x4.sub(v128.load(from, 16), m1);
        const x2 = f32x4.sub(v128.load(from, 32), m2), x3 = f32x4.sub(v128.load(from, 48), m3);
        s0 = f32x4.add(s0, d0); s1 = f32x4.add(s1, d1);
        s2 = f32x4.add(s2, d2); s3 = f32x4.add(s3, d3);
        p0 = f32x4.add(p0, f32x4.mul(d0, x0)); p1 = f32x4.add(p1, f32x4.mul(d1, x1));
        p2 = f32x4.add(p2, f32x4.mul(d2, x2)); p3 = f32x4.add(p3, f32x4.mul(d3, x3));
        from += step;
        dFrom += step;
      }
      const s = to + at, p = s + step;
      v128.store(s, s0, 0); v128.store(s, s1, 16); v128.store(s, s2, 32); v128.store(s, s3, 48);
      v128.store(p, p0, 0); v128.store(p, p1, 16); v128.store(p, p2, 32); v128.store(p, p3, 48);
    }
    return;
  }
  if (columns >= 4) {
    for (let j: u32 = 0; j < columns; j += 4) {
      const at = <usize>min(j, columns - 4) << 2;
      let from = x + at, dFrom = dy + at;
      const m0 = v128.load(mean + at);
      let s0 = f32x4.splat(0), p0 = s0;
      for (let i: u32 = 0; i < rows; i++) {
        const d0 = v128.load(dFrom);
        s0 = f32x4.add(s0, d0);
        p0 = f32x4.add(p0, f32x4.mul(d0, f32x4.sub(v128.load(from), m0)));
        from += step;
        dFrom += step;
      }
      v128.store(to + at, s0); v128.store(to + at + step, p0);
    }
    return;
  }
  for (let j: u32 = 0; j < columns; j++) {
    const at = <usize>j << 2;
    let from = x + at, dFrom = dy + at;
    const m0 = load<f32>(mean + at);
    let s0: f32 = 0, p0: f32 = 0;
    for (let i: u32 = 0; i < rows; i++) {
      const d0 = load<f32>(dFrom);
      s0 += d0;
      p0 += d0 * (load<f32>(from) - m0);
      from += step;
      dFrom += step;
    }
    store<f32>(to + at, s0); store<f32>(to + at + step, p0);
  }
}

/** out[j] = Σ partials[block, j] in float64, blocks ascending. stride: bytes from block to block. */
function addPartials(partials: usize, rows: u32, columns: u32, stride: usize, out: usize): void {
  const both = columns >= 2;
  for (let j: u32 = 0; j < columns; j += 2) {
    const at = both ? <usize>min(j, columns - 2) << 2 : 0;
    let from = partials + at;
    let sum = f64x2.splat(0);
    for (let first: u32 = 0; first < rows; first += BLOCK) {
      sum = f64x2.add(sum, pair(from, both));
      from += stride;
    }
    storePair(out + at, sum, both);
  }
}

/** Backend.channelInputGradient. */
export function channelInputGradient(
  x: usize, dy: usize, segments: u32, rows: u32, columns: u32, mean: usize,
  slope: usize, offset: usize, inputSlope: usize, out: usize,
): void {
  const step = <usize>columns << 2;
  for (let segment: u32 = 0; segment < segments; segment++) {
    for (let i: u32 = 0; i < rows; i++) {
      let j: u32 = 0;
      for (; j + 8 <= columns; j += 8) {
        const at = <usize>j << 2;
        const x0 = f32x4.sub(v128.load(x + at, 0), v128.load(mean + at, 0));
        const x1 = f32x4.sub(v128.load(x + at, 16), v128.load(mean + at, 16));
        const p0 = f32x4.mul(x0, v128.load(inputSlope + at, 0)), p1 = f32x4.mul(x1, v128.load(inputSlope + at, 16));
        const d0 = f32x4.mul(v128.load(dy + at, 0), v128.load(slope + at, 0));
        const d1 = f32x4.mul(v128.load(dy + at, 16), v128.load(slope + at, 16));
        const o0 = f32x4.sub(d0, v128.load(offset + at, 0)), o1 = f32x4.sub(d1, v128.load(offset + at, 16));
        const r0 = f32x4.sub(o0, p0), r1 = f32x4.sub(o1, p1);
        v128.store(out + at, r0, 0); v128.store(out + at, r1, 16);
      }
      for (; j < columns; j++) {
        const at = <usize>j << 2;
        const own = load<f32>(dy + at) * load<f32>(slope + at) - load<f32>(offset + at);
        store<f32>(out + at, own - (load<f32>(x + at) - load<f32>(mean + at)) * load<f32>(inputSlope + at));
      }
      x += step;
      dy += step;
      out += step;
    }
    mean += step;
    slope += step;
    offset += step;
    inputSlope += step;
  }
}

/** Returns two neighboring numbers in float64, or the same number twice if there is only one. */
@inline
function pair(from: usize, both: bool): v128 {
  return f64x2.promote_low_f32x4(both ? v128.load64_zero(from) : v128.load32_splat(from));
}

@inline
function storePair(to: usize, values: v128, both: bool): void {
  const rounded = f32x4.demote_f64x2_zero(values);
  if (both) v128.store64_lane(to, rounded, 0);
  else v128.store32_lane(to, rounded, 0);
}
