import type { Kind, Template } from "./template.ts";
import { layersTemplates } from "./templates/layers.ts";
import { mnistTemplates } from "./templates/mnist.ts";
import { sweepTemplates } from "./templates/sweep.ts";

/** The template of each kind of catalog entry. */
export const templates: Readonly<Record<Kind, Template>> = {
  ...layersTemplates,
  ...mnistTemplates,
  ...sweepTemplates,
};
