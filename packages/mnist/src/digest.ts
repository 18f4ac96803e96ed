import { createHash } from "node:crypto";

import type { Dataset, Split } from "./dataset.ts";
import { formatIdxHeader } from "./idx.ts";

/**
 * SHA-256 of a data set, in hexadecimal: of its four files, unpacked, one after the other (training images, training labels, test
 * images, test labels). So it tells other data from the same data in another place or packed in another way.
 */
export function digestOf({ training, test, exampleShape }: Dataset): string {
  const hash = createHash("sha256");
  const add = ({ images, labels, count }: Split): void => {
    hash.update(formatIdxHeader([count, ...exampleShape.slice(0, 2)])).update(images);
    hash.update(formatIdxHeader([count])).update(labels);
  };
  add(training);
  add(test);
  return hash.digest("hex");
}
