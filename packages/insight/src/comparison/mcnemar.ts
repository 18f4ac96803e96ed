// Tests whether two networks differ on the same test images. The test uses only images that exactly one of
// them classifies correctly.
import { signTestPValue } from "./distributions.ts";

/**
 * Returns the two-sided p-value of McNemar's test (1947), exact by the binomial distribution, without the
 * mid-p correction. `onlyA` and `onlyB` are the numbers of images that only network A or only network B
 * classifies correctly. If both are 0, the p-value is 1. It accounts for the choice of the test images, but
 * not for the choice of the seeds. Throws RangeError unless both are whole numbers from 0.
 */
export function mcnemarTest(onlyA: number, onlyB: number): number {
  for (const [name, count] of Object.entries({ onlyA, onlyB }))
    if (!Number.isSafeInteger(count) || count < 0)
      throw new RangeError(`mcnemar: ${name} must be a whole number of images from 0, got ${count}.`);
  return signTestPValue(onlyA, onlyB);
}
