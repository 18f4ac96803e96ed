/**
 * Black pixels around an image: one before the first and two after the last, because coordinates range from
 * −1 to the extent.
 */
@inline const BORDER: u32 = 3;

/**
 * Backend.resample of images (N, H, W, C) in place, for the images from `first` to `end` − 1. Processes one
 * channel at a time, and four pixels of a row at a time. maps (N, 6); displacements (H, N, 2, W), or 0 for
 * none; room: (H + 3)·(W + 3) numbers.
 */
export function resample(
  images: usize, first: u32, end: u32, N: u32, H: u32, W: u32, C: u32,
  maps: usize, displacements: usize, strength: f32, black: f32, room: usize,
): void {
  const stride = <usize>(W + BORDER) << 2;
  const size = (H + BORDER) * (W + BORDER);
  for (let i: u32 = 0; i < size; i++) store<f32>(room + (<usize>i << 2), black);
  const corner = room + stride + 4;
  const pixelBytes = <usize>C << 2;

  const factor = f32x4.splat(strength);
  const lanes = f32x4(0, 1, 2, 3), outside = f32x4.splat(-1);
  const right = f32x4.splat(<f32>W), bottom = f32x4.splat(<f32>H);
  for (let n = first; n < end; n++) {
    const map = maps + <usize>n * 24;
    const xx = v128.load32_splat(map), yx = v128.load32_splat(map, 12);
    const xy = load<f32>(map, 4), dx = load<f32>(map, 8), yy = load<f32>(map, 16), dy = load<f32>(map, 20);
    for (let c: u32 = 0; c < C; c++) {
      let to = images + ((<usize>n * H * W * C + c) << 2);
      copyChannel(to, H, W, pixelBytes, corner, stride);
      for (let y: u32 = 0; y < H; y++) {
        const u0 = f32x4.splat(dx + xy * <f32>y), v0 = f32x4.splat(dy + yy * <f32>y);
        let du = displacements + (((<usize>y * N + n) * W) << 3);
        for (let x: u32 = 0; x < W;) {
          const columns = f32x4.add(f32x4.splat(<f32>x), lanes);
          let u = f32x4.add(u0, f32x4.mul(xx, columns)), v = f32x4.add(v0, f32x4.mul(yx, columns));
          const whole = x + 4 <= W;
          if (displacements) {
            const dv = du + (<usize>W << 2);
            u = f32x4.add(u, f32x4.mul(factor, whole ? v128.load(du) : v128.load32_zero(du)));
            v = f32x4.add(v, f32x4.mul(factor, whole ? v128.load(dv) : v128.load32_zero(dv)));
          }
          u = f32x4.pmin(f32x4.pmax(u, outside), right);
          v = f32x4.pmin(f32x4.pmax(v, outside), bottom);
          const between = sample(u, v, corner, stride);
          if (!whole) {
            v128.store32_lane(to, between, 0);
            x += 1; du += 4; to += pixelBytes;
            continue;
          }
          if (C == 1) v128.store(to, between);
          else {
            v128.store32_lane(to, between, 0);
            v128.store32_lane(to + pixelBytes, between, 1);
            v128.store32_lane(to + 2 * pixelBytes, between, 2);
            v128.store32_lane(to + 3 * pixelBytes, between, 3);
          }
          x += 4; du += 16; to += 4 * pixelBytes;
        }
      }
    }
  }
}

/**
 * Interpolates between four pixels at each of the positions (u, v): top + fy·(bottom − top). `corner`: the
 * address of pixel (0, 0).
 */
@inline
function sample(u: v128, v: v128, corner: usize, stride: usize): v128 {
  const column = f32x4.floor(u), line = f32x4.floor(v);
  const fx = f32x4.sub(u, column), fy = f32x4.sub(v, line);
  // A NaN counts as 0 here, so that every address is inside the padded image.
  const across = i32x4.shl(i32x4.trunc_sat_f32x4_s(column), 2);
  const down = i32x4.mul(i32x4.trunc_sat_f32x4_s(line), i32x4.splat(<i32>stride));
  const at = i32x4.add(i32x4.add(across, down), i32x4.splat(<i32>corner));
  const a: usize = i32x4.extract_lane(at, 0), b: usize = i32x4.extract_lane(at, 1);
  const c: usize = i32x4.extract_lane(at, 2), d: usize = i32x4.extract_lane(at, 3);

  const top = row(a, b, c, d, fx), bottom = row(a + stride, b + stride, c + stride, d + stride, fx);
  return f32x4.add(top, f32x4.mul(fy, f32x4.sub(bottom, top)));
}

/** p0 + fx·(p1 − p0), with the neighbors p0 and p1 loaded from each address. */
@inline
function row(a: usize, b: usize, c: usize, d: usize, fx: v128): v128 {
  const ab = v128.load64_lane(b, v128.load64_zero(a), 1), cd = v128.load64_lane(d, v128.load64_zero(c), 1);
  const p0 = v128.shuffle<u32>(ab, cd, 0, 2, 4, 6), p1 = v128.shuffle<u32>(ab, cd, 1, 3, 5, 7);
  return f32x4.add(p0, f32x4.mul(fx, f32x4.sub(p1, p0)));
}

/**
 * Copies one channel of an image (H, W, C) to rows of (H, W). from: address of the first number. stride:
 * bytes from row to row of the copy.
 */
function copyChannel(from: usize, H: u32, W: u32, pixelBytes: usize, to: usize, stride: usize): void {
  for (let y: u32 = 0; y < H; y++) {
    let x: u32 = 0, at = to;
    if (pixelBytes == 4) {
      for (; x + 4 <= W; x += 4, from += 16, at += 16) v128.store(at, v128.load(from));
    }
    for (; x < W; x++, from += pixelBytes, at += 4) store<f32>(at, load<f32>(from));
    to += stride;
  }
}
