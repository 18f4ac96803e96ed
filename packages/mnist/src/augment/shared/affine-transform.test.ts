import * as fc from "fast-check";
import { expect, test } from "vitest";

import { AffineTransform } from "./affine-transform.ts";

const numbers = fc.double({ min: -4, max: 4, noNaN: true });
const six = fc.tuple(numbers, numbers, numbers, numbers, numbers, numbers);

function apply({ xx, xy, dx, yx, yy, dy }: AffineTransform, [x, y]: [number, number]): [number, number] {
  return [xx * x + xy * y + dx, yx * x + yy * y + dy];
}

test("composed maps lead from a new pixel through both to the old one", () => {
  fc.assert(
    fc.property(six, six, fc.tuple(numbers, numbers), (first, second, point) => {
      const [a, b, both] = [new AffineTransform(), new AffineTransform(), new AffineTransform()];
      a.set(...first);
      b.set(...second);
      both.append(...first);
      both.append(...second);
      const [x, y] = apply(a, apply(b, point));
      const [bothX, bothY] = apply(both, point);
      expect(bothX).toBeCloseTo(x, 10);
      expect(bothY).toBeCloseTo(y, 10);
    }),
  );
});
