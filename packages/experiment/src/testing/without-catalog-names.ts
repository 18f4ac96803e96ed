import { initializers, layers, losses, optimizers, schedules } from "@nn/layers";
import { augmentations, datasets } from "@nn/mnist";
import { pruners, samplers } from "@nn/sweep";
import { averages } from "@nn/training";

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
  average: averages,
};

/** Removes the names of whole catalogs from a message, so that a new entry changes no exact message. */
export function withoutCatalogNames(message: string): string {
  let text = message;
  for (const [noun, catalog] of Object.entries(catalogs)) {
    text = text.replaceAll([...catalog.keys()].join(", "), `<every ${noun}>`);
  }
  return text;
}
