// The transforms of Winograd's F(2×2, 3×3), first of columns and then of rows, as chooseConvolutionMethod of
// @nn/tensor defines them. They process eight numbers side by side (channels or filters) in pairs of vectors,
// which V8 merges into 256-bit instructions. Position p of the 16 positions of a tile is p·plane bytes from
// the first.

/** Computes t = a − b, or a + b, for the four pixels of two rows, then transforms t. */
@inline
function inputRow(minus: bool, a: usize, b: usize, pixel: usize, to: usize, plane: usize): void {
  const a0 = v128.load(a, 0), a1 = v128.load(a, 16), b0 = v128.load(b, 0), b1 = v128.load(b, 16);
  const a2 = v128.load(a + pixel, 0), a3 = v128.load(a + pixel, 16);
  const b2 = v128.load(b + pixel, 0), b3 = v128.load(b + pixel, 16);
  const a4 = v128.load(a + 2 * pixel, 0), a5 = v128.load(a + 2 * pixel, 16);
  const b4 = v128.load(b + 2 * pixel, 0), b5 = v128.load(b + 2 * pixel, 16);
  const a6 = v128.load(a + 3 * pixel, 0), a7 = v128.load(a + 3 * pixel, 16);
  const b6 = v128.load(b + 3 * pixel, 0), b7 = v128.load(b + 3 * pixel, 16);
  const t0 = minus ? f32x4.sub(a0, b0) : f32x4.add(a0, b0), t1 = minus ? f32x4.sub(a1, b1) : f32x4.add(a1, b1);
  const t2 = minus ? f32x4.sub(a2, b2) : f32x4.add(a2, b2), t3 = minus ? f32x4.sub(a3, b3) : f32x4.add(a3, b3);
  const t4 = minus ? f32x4.sub(a4, b4) : f32x4.add(a4, b4), t5 = minus ? f32x4.sub(a5, b5) : f32x4.add(a5, b5);
  const t6 = minus ? f32x4.sub(a6, b6) : f32x4.add(a6, b6), t7 = minus ? f32x4.sub(a7, b7) : f32x4.add(a7, b7);
  v128.store(to, f32x4.sub(t0, t4), 0); v128.store(to, f32x4.sub(t1, t5), 16);
  to += plane;
  v128.store(to, f32x4.add(t2, t4), 0); v128.store(to, f32x4.add(t3, t5), 16);
  to += plane;
  v128.store(to, f32x4.sub(t4, t2), 0); v128.store(to, f32x4.sub(t5, t3), 16);
  to += plane;
  v128.store(to, f32x4.sub(t6, t2), 0); v128.store(to, f32x4.sub(t7, t3), 16);
}

/** V of a tile: 4×4 pixels at `from`, `line` bytes from row to row, eight channels at a time. */
export function inputTile(from: usize, line: usize, pixel: usize, channels: u32, to: usize, plane: usize): void {
  for (let c: u32 = 0; c < channels; c += 8) {
    const d0 = from, d1 = d0 + line, d2 = d1 + line, d3 = d2 + line;
    inputRow(true, d0, d2, pixel, to, plane);
    inputRow(false, d1, d2, pixel, to + 4 * plane, plane);
    inputRow(true, d2, d1, pixel, to + 8 * plane, plane);
    inputRow(true, d3, d1, pixel, to + 12 * plane, plane);
    from += 32;
    to += 32;
  }
}

/** a, a + b, a − b, b */
@inline
function gradientRow(a0: v128, a1: v128, b0: v128, b1: v128, to: usize, plane: usize): void {
  v128.store(to, a0, 0); v128.store(to, a1, 16);
  to += plane;
  v128.store(to, f32x4.add(a0, b0), 0); v128.store(to, f32x4.add(a1, b1), 16);
  to += plane;
  v128.store(to, f32x4.sub(a0, b0), 0); v128.store(to, f32x4.sub(a1, b1), 16);
  to += plane;
  v128.store(to, b0, 0); v128.store(to, b1, 16);
}

/** dM of eight filters of a tile, from 2×2 of dy at `from`. */
export function gradientTile(from: usize, line: usize, pixel: usize, to: usize, plane: usize): void {
  const below = from + line;
  const a0 = v128.load(from, 0), a1 = v128.load(from, 16);
  const b0 = v128.load(from + pixel, 0), b1 = v128.load(from + pixel, 16);
  const c0 = v128.load(below, 0), c1 = v128.load(below, 16);
  const d0 = v128.load(below + pixel, 0), d1 = v128.load(below + pixel, 16);
  gradientRow(a0, a1, b0, b1, to, plane);
  gradientRow(f32x4.add(a0, c0), f32x4.add(a1, c1), f32x4.add(b0, d0), f32x4.add(b1, d1), to + 4 * plane, plane);
  gradientRow(f32x4.sub(a0, c0), f32x4.sub(a1, c1), f32x4.sub(b0, d0), f32x4.sub(b1, d1), to + 8 * plane, plane);
  gradientRow(c0, c1, d0, d1, to + 12 * plane, plane);
}

/**
 * 2×2 outputs of eight filters from M, with bias, and with relu if `relu` is set. y00 … y11: the addresses of
 * the outputs.
 */
export function outputTile(
  from: usize, plane: usize, bias: usize, relu: bool, y00: usize, y01: usize, y10: usize, y11: usize,
): void {
  const row1 = from + 4 * plane, row2 = row1 + 4 * plane, row3 = row2 + 4 * plane;
  const plane2 = plane + plane, plane3 = plane2 + plane;
  let m0 = v128.load(from, 0), m1 = v128.load(from, 16);
  let n0 = v128.load(row1, 0), n1 = v128.load(row1, 16);
  let o0 = v128.load(row2, 0), o1 = v128.load(row2, 16);
  let p0 = v128.load(row3, 0), p1 = v128.load(row3, 16);
  const s00 = f32x4.add(f32x4.add(m0, n0), o0), s01 = f32x4.add(f32x4.add(m1, n1), o1);
  const t00 = f32x4.add(f32x4.sub(n0, o0), p0), t01 = f32x4.add(f32x4.sub(n1, o1), p1);
  m0 = v128.load(from + plane, 0); m1 = v128.load(from + plane, 16);
  n0 = v128.load(row1 + plane, 0); n1 = v128.load(row1 + plane, 16);
  o0 = v128.load(row2 + plane, 0); o1 = v128.load(row2 + plane, 16);
  p0 = v128.load(row3 + plane, 0); p1 = v128.load(row3 + plane, 16);
  const s10 = f32x4.add(f32x4.add(m0, n0), o0), s11 = f32x4.add(f32x4.add(m1, n1), o1);
  const t10 = f32x4.add(f32x4.sub(n0, o0), p0), t11 = f32x4.add(f32x4.sub(n1, o1), p1);
  m0 = v128.load(from + plane2, 0); m1 = v128.load(from + plane2, 16);
  n0 = v128.load(row1 + plane2, 0); n1 = v128.load(row1 + plane2, 16);
  o0 = v128.load(row2 + plane2, 0); o1 = v128.load(row2 + plane2, 16);
  p0 = v128.load(row3 + plane2, 0); p1 = v128.load(row3 + plane2, 16);
  const s20 = f32x4.add(f32x4.add(m0, n0), o0), s21 = f32x4.add(f32x4.add(m1, n1), o1);
  const t20 = f32x4.add(f32x4.sub(n0, o0), p0), t21 = f32x4.add(f32x4.sub(n1, o1), p1);
  m0 = v128.load(from + plane3, 0); m1 = v128.load(from + plane3, 16);
  n0 = v128.load(row1 + plane3, 0); n1 = v128.load(row1 + plane3, 16);
  o0 = v128.load(row2 + plane3, 0); o1 = v128.load(row2 + plane3, 16);
  p0 = v128.load(row3 + plane3, 0); p1 = v128.load(row3 + plane3, 16);
  const s30 = f32x4.add(f32x4.add(m0, n0), o0), s31 = f32x4.add(f32x4.add(m1, n1), o1);
  const t30 = f32x4.add(f32x4.sub(n0, o0), p0), t31 = f32x4.add(f32x4.sub(n1, o1), p1);

  const b0 = v128.load(bias, 0), b1 = v128.load(bias, 16);
  let u0 = f32x4.add(f32x4.add(f32x4.add(s00, s10), s20), b0), u1 = f32x4.add(f32x4.add(f32x4.add(s01, s11), s21), b1);
  let v0 = f32x4.add(f32x4.add(f32x4.sub(s10, s20), s30), b0), v1 = f32x4.add(f32x4.add(f32x4.sub(s11, s21), s31), b1);
  let w0 = f32x4.add(f32x4.add(f32x4.add(t00, t10), t20), b0), w1 = f32x4.add(f32x4.add(f32x4.add(t01, t11), t21), b1);
  let x0 = f32x4.add(f32x4.add(f32x4.sub(t10, t20), t30), b0), x1 = f32x4.add(f32x4.add(f32x4.sub(t11, t21), t31), b1);
  if (relu) {
    const zero = f32x4.splat(0);
    v128.store(y00, f32x4.pmax(u0, zero), 0); v128.store(y00, f32x4.pmax(u1, zero), 16);
    v128.store(y01, f32x4.pmax(v0, zero), 0); v128.store(y01, f32x4.pmax(v1, zero), 16);
    v128.store(y10, f32x4.pmax(w0, zero), 0); v128.store(y10, f32x4.pmax(w1, zero), 16);
    v128.store(y11, f32x4.pmax(x0, zero), 0); v128.store(y11, f32x4.pmax(x1, zero), 16);
  } else {
    v128.store(y00, u0, 0); v128.store(y00, u1, 16);
    v128.store(y01, v0, 0); v128.store(y01, v1, 16);
    v128.store(y10, w0, 0); v128.store(y10, w1, 16);
    v128.store(y11, x0, 0); v128.store(y11, x1, 16);
  }
}

@inline
function half(x: v128): v128 {
  return f32x4.mul(x, f32x4.splat(0.5));
}

@inline
function weightRow(g0: v128, g1: v128, g2: v128, to: usize, plane: usize): void {
  const outer = f32x4.add(g0, g2);
  v128.store(to, g0);
  v128.store(to + plane, half(f32x4.add(outer, g1)));
  v128.store(to + 2 * plane, half(f32x4.sub(outer, g1)));
  v128.store(to + 3 * plane, g2);
}

/** U of four filters from their 3×3 weights at `from`, `step` bytes from weight to weight. */
export function weightTile(from: usize, step: usize, to: usize, plane: usize): void {
  const g0 = v128.load(from), g1 = v128.load(from + step), g2 = v128.load(from + 2 * step);
  from += 3 * step;
  const h0 = v128.load(from), h1 = v128.load(from + step), h2 = v128.load(from + 2 * step);
  from += 3 * step;
  const i0 = v128.load(from), i1 = v128.load(from + step), i2 = v128.load(from + 2 * step);
  const outer0 = f32x4.add(g0, i0), outer1 = f32x4.add(g1, i1), outer2 = f32x4.add(g2, i2);
  weightRow(g0, g1, g2, to, plane);
  weightRow(
    half(f32x4.add(outer0, h0)), half(f32x4.add(outer1, h1)), half(f32x4.add(outer2, h2)), to + 4 * plane, plane,
  );
  weightRow(
    half(f32x4.sub(outer0, h0)), half(f32x4.sub(outer1, h1)), half(f32x4.sub(outer2, h2)), to + 8 * plane, plane,
  );
  weightRow(i0, i1, i2, to + 12 * plane, plane);
}

@inline
function backRow(u0: v128, u1: v128, u2: v128, u3: v128, to: usize, step: usize): void {
  const inner = half(f32x4.add(u1, u2));
  v128.store(to, f32x4.add(u0, inner));
  v128.store(to + step, half(f32x4.sub(u1, u2)));
  v128.store(to + 2 * step, f32x4.add(inner, u3));
}

/** The 3×3 weight gradient of four filters from dU. */
export function backTile(from: usize, plane: usize, to: usize, step: usize): void {
  const row1 = from + 4 * plane, row2 = row1 + 4 * plane, row3 = row2 + 4 * plane;
  const inner0 = half(f32x4.add(v128.load(row1), v128.load(row2)));
  const inner1 = half(f32x4.add(v128.load(row1 + plane), v128.load(row2 + plane)));
  const inner2 = half(f32x4.add(v128.load(row1 + 2 * plane), v128.load(row2 + 2 * plane)));
  const inner3 = half(f32x4.add(v128.load(row1 + 3 * plane), v128.load(row2 + 3 * plane)));
  backRow(
    f32x4.add(v128.load(from), inner0), f32x4.add(v128.load(from + plane), inner1),
    f32x4.add(v128.load(from + 2 * plane), inner2), f32x4.add(v128.load(from + 3 * plane), inner3), to, step,
  );
  backRow(
    half(f32x4.sub(v128.load(row1), v128.load(row2))),
    half(f32x4.sub(v128.load(row1 + plane), v128.load(row2 + plane))),
    half(f32x4.sub(v128.load(row1 + 2 * plane), v128.load(row2 + 2 * plane))),
    half(f32x4.sub(v128.load(row1 + 3 * plane), v128.load(row2 + 3 * plane))), to + 3 * step, step,
  );
  backRow(
    f32x4.add(inner0, v128.load(row3)), f32x4.add(inner1, v128.load(row3 + plane)),
    f32x4.add(inner2, v128.load(row3 + 2 * plane)), f32x4.add(inner3, v128.load(row3 + 3 * plane)), to + 6 * step, step,
  );
}
