import { initializers, layers, losses, optimizers, schedules } from "@nn/layers";
import { augmentations, datasets } from "@nn/mnist";
import { pruners, samplers } from "@nn/sweep";
import { weightAverages } from "@nn/training";

const catalogs = {
  layer: layers,
  loss: losses,
  optimizer: optimizers,
  initializer: initializers,
  schedule: schedules,
  dataset: datasets,
  augmentation: augmentations,
  sampler: samplers,
  pruner: pruners,
  average: weightAverages,
};

/**
 * Replaces the complete list of a catalog's names in a message, so that tests of exact messages pass after an
 * entry is added.
 */
export function hideCatalogNames(message: string): string {
  let text = message;
  for (const [noun, catalog] of Object.entries(catalogs)) {
    text = text.replaceAll([...catalog.keys()].join(", "), `<every ${noun}>`);
  }
  return text;
}
