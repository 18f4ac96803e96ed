import { splitValidation, type DatasetInfo } from "@nn/mnist";
import { createRng } from "@nn/tensor";
import type { TrialSpec } from "@nn/training";

import type { CheckContext, SpecError } from "./check-trial.ts";

/**
 * Reports `normalize` if all pixels of the images that remain for training are equal: it would divide by
 * their standard deviation, which is 0. `seed` is the seed of the experiment. It determines the held-out
 * images.
 */
export function checkNormalization(
  { dataset }: Pick<TrialSpec, "dataset">,
  seed: number,
  { info }: Pick<CheckContext, "info">,
): SpecError[] {
  const facts = info(dataset);
  const { pixels } = facts;
  if (!dataset.normalize || pixels === undefined) return [];
  const message =
    "dataset.normalize divides by the standard deviation of the pixels, which is 0: every pixel of ";
  const expected = "training images with different pixel values";
  if (pixels.training.smallest === pixels.training.largest) {
    return [
      {
        path: ["dataset", "normalize"],
        message: `${message}the training images is ${pixels.training.smallest}`,
        expected,
        advice: "Check the files: a network cannot learn from images of a single color.",
      },
    ];
  }
  const uniform = findRemainingPixel(dataset.validation, seed, facts);
  if (uniform === undefined) return [];
  return [
    {
      path: ["dataset", "normalize"],
      message: `${message}the training images that dataset.validation leaves is ${uniform}`,
      expected,
      advice: "Hold out fewer images, or check the files.",
    },
  ];
}

/** The result for each number of held-out images and seed, because many trials of a sweep share it. */
const cache = new WeakMap<DatasetInfo, Map<string, number | undefined>>();

/** Returns the value of all pixels of the images that are not held out, if they are equal. */
function findRemainingPixel(
  validation: TrialSpec["dataset"]["validation"],
  seed: number,
  facts: DatasetInfo,
): number | undefined {
  const { trainingCount, findUniformPixel } = facts;
  // Another check reports that no image is left.
  if (validation === "test" || validation === 0 || validation >= trainingCount) return undefined;
  const known = cache.get(facts) ?? new Map<string, number | undefined>();
  cache.set(facts, known);
  const key = `${validation} ${seed}`;
  if (!known.has(key)) {
    const rng = createRng(seed).fork("validation");
    known.set(key, findUniformPixel?.(splitValidation(trainingCount, validation, rng).training));
  }
  return known.get(key);
}
