import { createRng, type Backend } from "@nn/tensor";
import fc from "fast-check";
import { test } from "vitest";

import { draw, sameBytes, seed } from "../test/same-bytes.ts";

const extent = fc.integer({ min: 1, max: 13 });
const count = fc.integer({ min: 1, max: 4 });
const channels = fc.constantFrom(1, 1, 2, 3);

function keysOf(backend: Backend, images: number, s: number): Int32Array {
  const keys = backend.allocateIntegers(2 * images);
  const rng = createRng(s).fork("keys");
  for (let i = 0; i < keys.length; i++) keys[i] = rng.uint32();
  return keys;
}

test("images are resampled through maps, with and without displacements", () => {
  const size = fc.constantFrom(0.1, 1, 5);
  fc.assert(
    fc.property(count, extent, extent, channels, size, fc.boolean(), seed, (N, H, W, C, scale, bent, s) => {
      sameBytes((backend) => {
        const x = draw(backend, [N, H, W, C], s);
        const maps = draw(backend, [N, 6], s + 1);
        for (let i = 0; i < maps.data.length; i++) {
          maps.data[i] = (i % 6 === 0 || i % 6 === 4 ? 1 : 0) + scale * maps.data[i]!;
        }
        const displacements = draw(backend, [H, N, 2, W], s + 2);
        backend.resample({ x, maps, ...(bent && { displacements, strength: scale }), black: -0.4 });
        return [x];
      });
    }),
    { numRuns: 300 },
  );
});

test("images are resampled at places that are infinite or far away", () => {
  for (const far of [Infinity, -Infinity, 1e30, -1e30]) {
    for (let coefficient = 0; coefficient < 6; coefficient++) {
      sameBytes((backend) => {
        const x = draw(backend, [1, 5, 6, 1], 3);
        const maps = backend.allocate([1, 6]);
        maps.data.set([1, 0, 0, 0, 1, 0]);
        // 0 · ∞ would be NaN, of which only one bit pattern is the reference's.
        maps.data[coefficient] = Number.isFinite(far) || coefficient % 3 === 2 ? far : 1;
        backend.resample({ x, maps, black: 0 });
        return [x];
      });
    }
  }
});

test("a NaN among the pixels, the displacements or the map stays visible and reads no other memory", () => {
  for (const place of ["pixel", "displacement", "map"]) {
    sameBytes((backend) => {
      const x = draw(backend, [2, 6, 7, 1], 4);
      const maps = backend.allocate([2, 6]);
      maps.data.set([1, 0, 0.5, 0, 1, 0.25, 1, 0, 0.5, 0, 1, 0.25]);
      const displacements = draw(backend, [6, 2, 2, 7], 5);
      const spoiled = place === "pixel" ? x : place === "map" ? maps : displacements;
      spoiled.data[3] = NaN;
      backend.resample({ x, maps, displacements, strength: 0.1, black: 0 });
      // Which of the many NaNs it is stays open.
      return Array.from(x.data, (value) => (Number.isNaN(value) ? -7 : value));
    });
  }
});

test("uniform numbers of each row of each image", () => {
  fc.assert(
    fc.property(extent, count, fc.integer({ min: 1, max: 70 }), seed, (R, N, D, s) => {
      sameBytes((backend) => {
        const out = backend.allocate([R, N, D]);
        backend.drawUniforms(keysOf(backend, N, s), out);
        return [out];
      });
    }),
  );
});

test("normal numbers are added and clipped", () => {
  fc.assert(
    fc.property(count, fc.integer({ min: 1, max: 70 }), seed, (N, size, s) => {
      sameBytes((backend) => {
        const x = draw(backend, [N, size], s);
        x.data[s % x.data.length] = [Infinity, -Infinity, -0, 1e38][s % 4]!;
        backend.addNoise({
          x,
          keys: keysOf(backend, N, s),
          radii: draw(backend, [4096], s + 1),
          directions: draw(backend, [4096, 2], s + 2),
          low: -3,
          high: 20,
        });
        return [x];
      });
    }),
  );
});
