import { Augmenter, augmentations, getImageFormat, type InMemorySplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

import type { PartSpec, TrialSpec } from "../trial-spec.ts";
import type { TestTimeAugmentation } from "../evaluate.ts";
import type { PartCatalogs } from "../part-catalogs.ts";

/**
 * Creates the augmenter of a trial's training images. Returns undefined if its spec has no `augment`. `rng`
 * is forked per epoch.
 */
export function createAugmenter(
  { augment }: Pick<TrialSpec, "augment">,
  split: ImagesToChange,
  rng: Rng,
  catalog: AugmentationCatalog = augmentations,
): Augmenter | undefined {
  return augment && plan(augment, split, rng, catalog);
}

/**
 * Creates the test-time augmentation of a trial. Returns undefined if its spec has no `evaluation`. `rng` is
 * forked per view.
 */
export function createTestTimeAugmentation(
  { evaluation }: Pick<TrialSpec, "evaluation">,
  split: ImagesToChange,
  rng: Rng,
  catalog: AugmentationCatalog = augmentations,
): TestTimeAugmentation | undefined {
  return evaluation && { count: evaluation.views, augmenter: plan(evaluation.augment, split, rng, catalog) };
}

/** The augmentations that blocks can name: the built-in ones, and custom ones if any. */
type AugmentationCatalog = PartCatalogs["augmentations"];

type ImagesToChange = Pick<InMemorySplit, "backend" | "exampleShape" | "pixels">;

function plan(
  list: readonly PartSpec[],
  { backend, exampleShape, pixels }: ImagesToChange,
  rng: Rng,
  catalog: AugmentationCatalog,
): Augmenter {
  const format = getImageFormat(backend, exampleShape, pixels?.[0] ?? 0, pixels?.[255] ?? 1);
  const planned = list.map(({ type, ...options }) => {
    const definition = catalog.get(type);
    // The spec was checked against this catalog, so an entry is missing only in a worker of another version.
    if (definition === undefined) throw new Error(`There is no augmentation of type "${type}".`);
    return definition.plan(options, format);
  });
  return new Augmenter(planned, format, rng);
}
