import { createHash } from "@nn/platform/hash";

import type { InMemorySplit } from "./batches.ts";
import { readChunks, type Dataset, type Split } from "./dataset.ts";
import { encodeIdxHeader } from "./files/idx.ts";

/** The data of a data set, from files or in the memory of a backend. */
interface DigestInput extends Pick<Dataset, "exampleShape"> {
  readonly training: Split | InMemorySplit;
  readonly test: Split | InMemorySplit;
}

/**
 * Returns the SHA-256 of a data set in hexadecimal. It is computed over its four decompressed IDX files in
 * this order: training images, training labels, test images, test labels. Data from other formats is
 * converted to IDX. The digest depends only on the data, and not on its location or compression.
 */
export function computeDigest({ training, test, exampleShape }: DigestInput): string {
  const hash = createHash("sha256");
  const [height = 1, width = 1, channels = 1] = exampleShape;
  // An IDX file of grey images has no channel axis.
  const extents = channels === 1 ? [height, width] : [height, width, channels];
  const add = (split: Split | InMemorySplit): void => {
    hash.update(encodeIdxHeader([split.count, ...extents]));
    for (const chunk of readChunks(split)) hash.update(chunk);
    hash.update(encodeIdxHeader([split.count])).update(Uint8Array.from(split.labels));
  };
  add(training);
  add(test);
  return hash.digest("hex");
}
