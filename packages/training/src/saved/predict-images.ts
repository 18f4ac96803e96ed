import { arange, normalizeSplit, InMemorySplit } from "@nn/mnist";
import { createRng, exp } from "@nn/tensor";

import { createTestTimeAugmentation } from "../data/augmentation.ts";
import { Evaluator, type TestTimeAugmentation } from "../evaluate.ts";
import { Yielder } from "../step/yielder.ts";
import { loadPartCatalogs } from "../part-catalogs.ts";
import type { TrainingRuntime } from "../training-runtime.ts";
import { getProbabilityFunction, type ProbabilityFunction } from "./probability-function.ts";
import { reportCustomPartErrors } from "./saved-custom-parts.ts";
import { loadNetwork, requireFiniteOutputs, type SavedNetwork } from "./saved-network.ts";

/**
 * Returns the probability of each class for each image: (count, classes), row-major. `images` are bytes
 * (count, H, W, C) in the format of the training images. They are prepared as in evaluation: normalized, and
 * with test-time augmentation if the experiment uses it. `getProbabilityFunction` converts the outputs to
 * probabilities. They do not depend on the order of the images. Throws RunDirectoryError.
 */
export function predictImages(
  runtime: TrainingRuntime,
  saved: SavedNetwork,
  experimentFolder: string,
  images: Uint8Array,
  count: number,
): Promise<Float64Array> {
  return reportCustomPartErrors(saved, () => predict(runtime, saved, experimentFolder, images, count));
}

async function predict(
  runtime: TrainingRuntime,
  saved: SavedNetwork,
  experimentFolder: string,
  images: Uint8Array,
  count: number,
): Promise<Float64Array> {
  const { backend } = runtime;
  const tidyUp = backend.mark();
  try {
    const labels = new Uint8Array(count);
    const bytes = new InMemorySplit(backend, { images, labels, count }, saved.inputShape);
    const { normalization, spec } = saved;
    const split = normalization === undefined ? bytes : normalizeSplit(bytes, normalization);
    const network = await loadNetwork(saved, { backend, experimentFolder });
    const { augmentations } = await loadPartCatalogs(spec.evaluation ?? {}, experimentFolder);
    const rng = createRng(saved.seed).fork("views").fork("test");
    const views = createTestTimeAugmentation(spec, split, rng, augmentations);
    const evaluator = new Evaluator(split, arange(count), views && withSameViews(views));
    const probabilities = new Float64Array(count * saved.classes);
    const toProbabilities = CONVERSIONS[getProbabilityFunction(spec)];
    await evaluator.evaluate(
      network,
      new Yielder(() => performance.now() / 1000),
      ({ data }, batch, start) => {
        for (let n = 0; n < batch.labels.length; n++) {
          const outputs = data.subarray(n * saved.classes, (n + 1) * saved.classes);
          requireFiniteOutputs(outputs, saved);
          probabilities.set(toProbabilities(outputs), (start + n) * saved.classes);
        }
      },
    );
    return probabilities;
  } finally {
    tidyUp();
  }
}

/**
 * Returns a test-time augmentation with the same random numbers for every image: those of the image with
 * index 0. The prediction for an image then does not depend on the images before it.
 */
function withSameViews({ count, augmenter }: TestTimeAugmentation): TestTimeAugmentation {
  return {
    count,
    augmenter: {
      apply: (batch, view, start) =>
        augmenter.apply({ ...batch, examples: batch.examples.map(() => 0) }, view, start),
    },
  };
}

const CONVERSIONS = {
  softmax,
  sigmoid: sigmoids,
  identity: (outputs) => Array.from(outputs),
} satisfies Record<ProbabilityFunction, (outputs: ArrayLike<number>) => number[]>;

function softmax(outputs: ArrayLike<number>): number[] {
  const largest = Math.max(...Array.from(outputs));
  const powers = Array.from(outputs, (output) => exp(output - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function sigmoids(outputs: ArrayLike<number>): number[] {
  return Array.from(outputs, (output) => 1 / (1 + exp(-output)));
}
