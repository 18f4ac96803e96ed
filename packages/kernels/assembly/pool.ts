/**
 * Backend.maxPool: out[n, oy, ox, c] = the largest x[n, iy, ix, c] under the window, and its place in x. Four channels at a time, the
 * tail one by one. top, bottom, left, right: addresses of i32, what each window sees of the image.
 */
export function maxPool(
  x: usize, images: u32, height: u32, width: u32, channels: u32,
  outputHeight: u32, outputWidth: u32, top: usize, bottom: usize, left: usize, right: usize,
  out: usize, places: usize,
): void {
  for (let n: u32 = 0; n < images; n++) {
    for (let oy: u32 = 0; oy < outputHeight; oy++) {
      const fromY = load<u32>(top + (<usize>oy << 2)), toY = load<u32>(bottom + (<usize>oy << 2));
      for (let ox: u32 = 0; ox < outputWidth; ox++) {
        const fromX = load<u32>(left + (<usize>ox << 2)), toX = load<u32>(right + (<usize>ox << 2));
        const corner = ((n * height + fromY) * width + fromX) * channels;
        let c: u32 = 0;
        for (; c + 4 <= channels; c += 4) {
          let place = i32x4.add(i32x4.splat(corner + c), i32x4(0, 1, 2, 3));
          let largest = v128.load(x + (<usize>(corner + c) << 2)), found = place;
          for (let iy = fromY; iy < toY; iy++) {
            let pixel = ((n * height + iy) * width + fromX) * channels + c;
            for (let ix = fromX; ix < toX; ix++) {
              const value = v128.load(x + (<usize>pixel << 2));
              place = i32x4.add(i32x4.splat(pixel), i32x4(0, 1, 2, 3));
              // Larger, or NaN, which is not equal to itself.
              const wins = v128.or(f32x4.gt(value, largest), f32x4.ne(value, value));
              largest = v128.bitselect(value, largest, wins);
              found = v128.bitselect(place, found, wins);
              pixel += channels;
            }
          }
          v128.store(out, largest);
          v128.store(places, found);
          out += 16;
          places += 16;
        }
        for (; c < channels; c++) {
          let found = corner + c;
          let largest = load<f32>(x + (<usize>found << 2));
          for (let iy = fromY; iy < toY; iy++) {
            let pixel = ((n * height + iy) * width + fromX) * channels + c;
            for (let ix = fromX; ix < toX; ix++) {
              const value = load<f32>(x + (<usize>pixel << 2));
              if (value > largest || value != value) {
                largest = value;
                found = pixel;
              }
              pixel += channels;
            }
          }
          store<f32>(out, largest);
          store<u32>(places, found);
          out += 4;
          places += 4;
        }
      }
    }
  }
}
