/**
 * Backend.maxPool: out[n, oy, ox, c] = the largest x[n, iy, ix, c] in the window, and its index in x.
 * Processes four channels at a time; the last four may overlap the ones before, with the same result. top,
 * bottom, left, right: addresses of i32, the pixel range of each window. Processes `images` images from
 * firstImage; out and indices are the addresses of their results.
 */
export function maxPool(
  x: usize, firstImage: u32, images: u32, height: u32, width: u32, channels: u32,
  outputHeight: u32, outputWidth: u32, top: usize, bottom: usize, left: usize, right: usize,
  out: usize, indices: usize,
): void {
  const pixel = <usize>channels << 2;
  for (let n = firstImage; n < firstImage + images; n++) {
    for (let oy: u32 = 0; oy < outputHeight; oy++) {
      const fromY = load<u32>(top + (<usize>oy << 2)), toY = load<u32>(bottom + (<usize>oy << 2));
      for (let ox: u32 = 0; ox < outputWidth; ox++) {
        const fromX = load<u32>(left + (<usize>ox << 2)), toX = load<u32>(right + (<usize>ox << 2));
        const corner = ((n * height + fromY) * width + fromX) * channels;
        if (channels < 4) {
          for (let c: u32 = 0; c < channels; c++) {
            largestOne(
              x, corner + c, toY - fromY, toX - fromX, width, channels,
              out + (<usize>c << 2), indices + (<usize>c << 2),
            );
          }
        } else {
          for (let c: u32 = 0; c < channels; c += 4) {
            const first = min<u32>(c, channels - 4);
            largestFour(
              x, corner + first, toY - fromY, toX - fromX, width, channels,
              out + (<usize>first << 2), indices + (<usize>first << 2),
            );
          }
        }
        out += pixel;
        indices += pixel;
      }
    }
  }
}

/** Processes four channels of a window of (rows, columns). Its first number is x[corner]. */
@inline
function largestFour(
  x: usize, corner: u32, rows: u32, columns: u32, width: u32, channels: u32, out: usize, at: usize,
): void {
  const from = x + (<usize>corner << 2);
  let largest = v128.load(from), further = i32x4.splat(0);
  if (rows == 2 && columns == 2) {
    // The usual window, without loops.
    const beside = channels, below = width * channels;
    const value1 = v128.load(from + (<usize>beside << 2)), wins1 = wins(value1, largest);
    largest = v128.bitselect(value1, largest, wins1);
    further = v128.and(i32x4.splat(beside), wins1);
    const value2 = v128.load(from + (<usize>below << 2)), wins2 = wins(value2, largest);
    largest = v128.bitselect(value2, largest, wins2);
    further = v128.bitselect(i32x4.splat(below), further, wins2);
    const value3 = v128.load(from + (<usize>(below + beside) << 2)), wins3 = wins(value3, largest);
    largest = v128.bitselect(value3, largest, wins3);
    further = v128.bitselect(i32x4.splat(below + beside), further, wins3);
  } else {
    for (let y: u32 = 0; y < rows; y++) {
      let offset = y * width * channels;
      for (let i: u32 = 0; i < columns; i++, offset += channels) {
        const value = v128.load(from + (<usize>offset << 2)), better = wins(value, largest);
        largest = v128.bitselect(value, largest, better);
        further = v128.bitselect(i32x4.splat(offset), further, better);
      }
    }
  }
  v128.store(out, largest);
  v128.store(at, i32x4.add(i32x4.splat(corner), i32x4.add(further, i32x4(0, 1, 2, 3))));
}

/** True where `value` is larger, or NaN (which is not equal to itself). */
@inline
function wins(value: v128, largest: v128): v128 {
  return v128.or(f32x4.gt(value, largest), f32x4.ne(value, value));
}

@inline
function largestOne(
  x: usize, corner: u32, rows: u32, columns: u32, width: u32, channels: u32, out: usize, at: usize,
): void {
  let found = corner, largest = load<f32>(x + (<usize>corner << 2));
  for (let y: u32 = 0; y < rows; y++) {
    let place = corner + y * width * channels;
    for (let i: u32 = 0; i < columns; i++) {
      const value = load<f32>(x + (<usize>place << 2));
      // Uses select instead of a branch, which the processor could not predict.
      const better = (value > largest) | (value != value);
      largest = select(value, largest, better);
      found = select(place, found, better);
      place += channels;
    }
  }
  store<f32>(out, largest);
  store<u32>(at, found);
}

/**
 * Backend.maxPoolBackward: dx = 0, then dx[indices[i]] += dy[i], for `outputs` numbers of dy and `pixels`
 * numbers of dx per image. Each image is cleared just before it is added to, so that it is still in a cache.
 * Processes `images` images from firstImage; dy and indices are the addresses of their data.
 */
export function maxPoolBackward(
  dy: usize, indices: usize, firstImage: u32, images: u32, outputs: u32, dx: usize, pixels: u32,
): void {
  const size = <usize>pixels << 2;
  let image = dx + <usize>firstImage * size;
  for (let n: u32 = 0; n < images; n++) {
    memory.fill(image, 0, size);
    for (const end = dy + (<usize>outputs << 2); dy < end; dy += 4, indices += 4) {
      const at = dx + (<usize>load<u32>(indices) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(dy));
    }
    image += size;
  }
}
