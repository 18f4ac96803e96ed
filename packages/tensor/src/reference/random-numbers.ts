import type { StreamKey } from "../backend.ts";
import type { GaussianNoise } from "../augmentation-steps.ts";
import { openStream } from "../rng.ts";
import type { Tensor } from "../tensor.ts";
import { threefry2x32 } from "../threefry.ts";
import type { Round } from "./rounding.ts";

/** out[r, n, i] = 16 bits of block (⌊i / 4⌋, r), as a number in (−1, 1). See Backend.drawUniforms. */
export function drawUniforms(keys: Int32Array, out: Tensor): void {
  const [R = 0, N = 0, D = 0] = out.shape;
  const words = new Uint32Array(2);
  for (let r = 0; r < R; r++) {
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < D; i++) {
        if (i % 4 === 0) threefry2x32(keyOf(keys, n), i / 4, r, words);
        const word = words[(i >> 1) % 2]!;
        const bits = i % 2 === 0 ? word & 0xffff : word >>> 16;
        out.data[(r * N + n) * D + i] = bits / 32768 + (1 / 65536 - 1);
      }
    }
  }
}

/** Adds r·c to x[n, i] for even i, r·s for odd i, and clips the sum. See GaussianNoise. */
export function addNoise(round: Round, { x, keys, radii, directions, low, high }: GaussianNoise): void {
  const N = x.shape[0]!;
  const size = x.data.length / N;
  const [min, max] = [round(low), round(high)];
  for (let n = 0; n < N; n++) {
    const words = openStream(keyOf(keys, n));
    let word = 0;
    for (let i = 0; i < size; i++) {
      if (i % 2 === 0) word = words.uint32();
      const direction = 2 * ((word >>> 8) % 4096) + (i % 2);
      const move = round(radii.data[word >>> 20]! * directions.data[direction]!);
      const sum = round(x.data[n * size + i]! + move);
      x.data[n * size + i] = sum < min ? min : sum > max ? max : sum;
    }
  }
}

function keyOf(keys: Int32Array, n: number): StreamKey {
  return [keys[2 * n]!, keys[2 * n + 1]!];
}
