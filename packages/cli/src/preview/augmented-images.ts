import { BatchReader, shuffleIndices } from "@nn/mnist";
import { createRng } from "@nn/tensor";
import { createAugmenter, type DatasetSplits, type Trial, type PartCatalogs } from "@nn/training";

/** An image (H, W, C) as bytes, and its augmented version in each epoch. */
export interface AugmentedImage {
  readonly original: Uint8Array;
  readonly versions: readonly Uint8Array[];
}

/**
 * Returns the first `count` training images of a trial, augmented as in each of these epochs. It builds the
 * same batches as the trial, because some augmentations mix an image with the next one of its batch.
 * `augmentations` is the catalog. Default: the built-in one.
 */
export function createAugmentedImages(
  { training, images }: Pick<DatasetSplits, "training" | "images">,
  { spec, seed }: Pick<Trial, "spec" | "seed">,
  count: number,
  epochs: readonly number[],
  augmentations?: PartCatalogs["augmentations"],
): AugmentedImage[] {
  const { batchSize, shuffle } = spec.training;
  const rng = createRng(seed); // Uses the same stream names as a trial.
  const augmenter = createAugmenter(spec, training, rng.fork("augment"), augmentations);
  const batches = new BatchReader(training, batchSize);
  const size = training.images.length / training.count;
  const [black, white] = [training.pixels?.[0] ?? 0, training.pixels?.[255] ?? 1];
  const chosen = images.subarray(0, count);
  const versions = Array.from(chosen, (): Uint8Array[] => []);

  const order = images.slice();
  for (const epoch of epochs) {
    if (shuffle) shuffleIndices(images, rng.fork("shuffle").fork(epoch), order);
    for (const [row, example] of chosen.entries()) {
      const place = order.indexOf(example);
      const start = place - (place % batchSize);
      const batch = batches.read(order, start, Math.min(batchSize, order.length - start));
      augmenter?.apply(batch, epoch, start);
      const pixels = batch.images.data.subarray((place - start) * size, (place - start + 1) * size);
      versions[row]!.push(Uint8Array.from(pixels, (pixel) => toByte((pixel - black) / (white - black))));
    }
  }
  return Array.from(chosen, (example, row) => ({
    original: training.images.slice(example * size, (example + 1) * size),
    versions: versions[row]!,
  }));
}

/** Converts 0 … 1 to 0 … 255. Values outside the range, which noise can produce, are clamped. */
function toByte(share: number): number {
  return Math.min(255, Math.max(0, Math.round(255 * share)));
}
