import type { EntryKind, EntryTemplate } from "./template.ts";
import { layersTemplates } from "./templates/layers.ts";
import { mnistTemplates } from "./templates/mnist.ts";
import { sweepTemplates } from "./templates/sweep.ts";

/** The template of each kind of catalog entry. */
export const templates: Readonly<Record<EntryKind, EntryTemplate>> = {
  ...layersTemplates,
  ...mnistTemplates,
  ...sweepTemplates,
};
