import { createRng, type Backend } from "@nn/tensor";
import fc from "fast-check";

import { seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const extent = fc.integer({ min: 1, max: 13 });
const count = fc.integer({ min: 1, max: 4 });

function keysOf(backend: Backend, images: number, s: number): Int32Array {
  const keys = backend.allocateIntegers(2 * images);
  const rng = createRng(s).fork("keys");
  for (let i = 0; i < keys.length; i++) keys[i] = rng.uint32();
  return keys;
}

const sampled = fc
  .record({
    N: count,
    H: extent,
    W: extent,
    C: fc.constantFrom(1, 2, 3),
    scale: fc.constantFrom(0.1, 1, 5),
    bent: fc.boolean(),
    seed,
  })
  .map(({ N, H, W, C, scale, bent, seed: s }): OperationCase => (backend, draw) => {
    const x = draw([N, H, W, C], s);
    const maps = draw([N, 6], s + 1);
    // The identity map plus random numbers.
    for (let i = 0; i < maps.data.length; i++)
      maps.data[i] = Number(i % 6 === 0 || i % 6 === 4) + scale * maps.data[i]!;
    const displacements = draw([H, N, 2, W], s + 2);
    backend.resample({ x, maps, ...(bent && { displacements, strength: scale }), black: -0.4 });
    return [x];
  });

const uniforms = fc
  .record({ R: extent, N: count, D: fc.integer({ min: 1, max: 70 }), seed })
  .map(({ R, N, D, seed: s }): OperationCase => (backend) => {
    const out = backend.allocate([R, N, D]);
    backend.drawUniforms(keysOf(backend, N, s), out);
    return [out];
  });

const noise = fc
  .record({ N: count, size: fc.integer({ min: 1, max: 70 }), seed })
  .map(({ N, size, seed: s }): OperationCase => (backend, draw) => {
    const x = draw([N, size], s);
    const radii = draw([4096], s + 1);
    const directions = draw([4096, 2], s + 2);
    backend.addNoise({ x, keys: keysOf(backend, N, s), radii, directions, low: -3, high: 20 });
    return [x];
  });

export const images = {
  resample: { "maps of every size, with and without displacements": sampled },
  drawUniforms: { "rows of several images": uniforms },
  addNoise: { "clipped sums": noise },
} satisfies OperationCases;
