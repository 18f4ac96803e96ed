import { createHash } from "@nn/platform/hash";

import type { Dataset, Split } from "./dataset.ts";
import { formatIdxHeader } from "./files/idx.ts";

/**
 * SHA-256 of a data set, in hexadecimal: of its four IDX files, unpacked, one after the other (training
 * images, training labels, test images, test labels), or of those that it would be as. So it tells other data
 * from the same data in another place or packed in another way.
 */
export function digestOf({ training, test, exampleShape }: Dataset): string {
  const hash = createHash("sha256");
  const [height = 1, width = 1, channels = 1] = exampleShape;
  // An IDX file of greys has no axis for them.
  const extents = channels === 1 ? [height, width] : [height, width, channels];
  const add = ({ images, labels, count }: Split): void => {
    hash.update(formatIdxHeader([count, ...extents])).update(images);
    hash.update(formatIdxHeader([count])).update(labels);
  };
  add(training);
  add(test);
  return hash.digest("hex");
}
