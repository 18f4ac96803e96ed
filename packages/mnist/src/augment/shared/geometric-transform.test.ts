import * as fc from "fast-check";
import { expect, test } from "vitest";

import {
  getPixel,
  createMapTransform,
  createImageFormat,
  transformPicture,
  createPicture,
} from "../../../test/picture.ts";
import { AffineTransform } from "./affine-transform.ts";
import { createGeometricTransform } from "./geometric-transform.ts";

const extents = fc.integer({ min: 1, max: 9 });
const pictures = fc
  .tuple(extents, extents, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })))
  .map(([width, height, numbers]) => createPicture(width, height, () => numbers.next().value!));
const coefficients = fc.double({ min: -3, max: 3, noNaN: true });
const distances = fc.double({ min: -12, max: 12, noNaN: true });
const maps = fc
  .tuple(coefficients, coefficients, distances, coefficients, coefficients, distances)
  .map((numbers) => {
    const map = new AffineTransform();
    map.set(...numbers);
    return map;
  });

test("a map by whole pixels copies pixels exactly, with black outside the old image", () => {
  const whole = fc.integer({ min: -11, max: 11 });
  fc.assert(
    fc.property(pictures, whole, whole, (old, dx, dy) => {
      const map = new AffineTransform();
      map.append(1, 0, dx, 0, 1, dy);
      expect(transformPicture(old, map)).toEqual(
        createPicture(old[0]!.length, old.length, (x, y) => getPixel(old, x + dx, y + dy)),
      );
    }),
  );
});

test("samples a slope at the mapped positions, and black more than a pixel outside", () => {
  fc.assert(
    fc.property(extents, extents, maps, (width, height, map) => {
      const slope = (x: number, y: number): number => 0.3 + 0.02 * x + 0.04 * y;
      const result = transformPicture(createPicture(width, height, slope), map);
      const wrong: string[] = [];
      for (const [y, row] of result.entries()) {
        for (const [x, value] of row.entries()) {
          const [u, v] = [x - (width - 1) / 2, y - (height - 1) / 2];
          const fromX = map.xx * u + map.xy * v + map.dx + (width - 1) / 2;
          const fromY = map.yx * u + map.yy * v + map.dy + (height - 1) / 2;
          // Coordinates are multiples of 1/65536, and the error of a row grows with each step.
          const error = 10 / 65536;
          const outside = Math.max(-fromX, -fromY, fromX - (width - 1), fromY - (height - 1));
          const gap = Math.abs(value - slope(fromX, fromY));
          if (outside < -error && gap > 0.06 * error) wrong.push(`(${x}, ${y}) is off by ${gap}`);
          if (outside > 1 + error && value !== 0) wrong.push(`(${x}, ${y}) is outside and ${value}`);
        }
      }
      expect(wrong).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("interpolates linearly between four pixels", () => {
  const map = new AffineTransform();
  map.append(1, 0, 0.25, 0, 1, 0.5);
  const old = [
    [0.1, 0.5],
    [0.3, 0.9],
  ];
  const value = transformPicture(old, map)[0]![0]!;
  expect(value).toBeCloseTo(0.5 * (0.75 * 0.1 + 0.25 * 0.5) + 0.5 * (0.75 * 0.3 + 0.25 * 0.9), 15);
});

test("maps of any size are safe, and pixels far outside are black", () => {
  const map = new AffineTransform();
  map.set(1e9, -1e9, 1e12, 1e-9, 1e9, -1e12);
  expect(transformPicture([[1, 1, 1]], map)).toEqual([[0, 0, 0]]);
});

test("uses the format's black outside, and mixes neither channels nor images", () => {
  const format = createImageFormat([1, 2, 3], -0.5, 2);
  const map = new AffineTransform();
  map.append(1, 0, 1, 0, 1, 0);
  const images = format.backend.allocate([2, 1, 2, 3]);
  images.data.set([9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  createGeometricTransform([createMapTransform(map)], format).transformBatch(new Int32Array(4), images);
  expect([...images.data]).toEqual([1, 2, 3, -0.5, -0.5, -0.5, 7, 8, 9, -0.5, -0.5, -0.5]);
});
