import { augmentations, Augmenter, imageFormat, type ResidentSplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

import type { TrialSpec } from "../experiment.ts";

/** What changes the training images of a trial; undefined where its spec has no `augment`. `rng`: forked by epoch. */
export function augmenterOf(
  { augment }: Pick<TrialSpec, "augment">,
  { backend, exampleShape, pixels }: Pick<ResidentSplit, "backend" | "exampleShape" | "pixels">,
  rng: Rng,
): Augmenter | undefined {
  if (augment === undefined) return undefined;
  const format = imageFormat(backend, exampleShape, pixels?.[0] ?? 0, pixels?.[255] ?? 1);
  const planned = augment.map(({ type, ...options }) => {
    const definition = augmentations.get(type);
    // The spec was checked against this catalog; only a worker of another version could miss one.
    if (definition === undefined) throw new Error(`There is no augmentation of type "${type}".`);
    return definition.plan(options, format);
  });
  return new Augmenter(planned, format, rng);
}
