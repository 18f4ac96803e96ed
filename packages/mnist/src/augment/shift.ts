import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** Shifts by whole pixels, without interpolation. */
export const shift = defineAugmentation({
  type: "shift",
  description: "Moves the image by a random number of whole pixels, horizontally and vertically.",
  formula: "new(x, y) = old(x − dx, y − dy), dx and dy from −pixels to pixels",
  options: Type.Object({
    pixels: Type.Integer({
      minimum: 0,
      maximum: 1000,
      default: 2,
      description: "Largest shift in pixels, in each direction.",
    }),
  }),

  isIdentity: ({ pixels }) => pixels === 0,
  // A shift by the width or by the height moves the whole image out of view.
  notices({ pixels }, [height = 1, width = 1]) {
    const shareInView = (size: number): number => Math.min(1, (2 * size - 1) / (2 * pixels + 1));
    const share = 1 - shareInView(height) * shareInView(width);
    if (share <= 0.5) return [];
    return [
      `the augmentation shift with pixels ${pixels} moves about ${Math.floor(100 * share)} % of all images of ` +
        `${height} × ${width} out of view, so they are black; make pixels smaller`,
    ];
  },
  plan: ({ pixels }) => ({
    transformCoordinates(rng, map) {
      const dx = rng.integer(-pixels, pixels);
      const dy = rng.integer(-pixels, pixels);
      map.append(1, 0, -dx, 0, 1, -dy);
    },
  }),
});
