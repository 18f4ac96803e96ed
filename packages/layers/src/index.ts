export {
  initializers,
  isLayerDefinition,
  layers,
  loadLayerFile,
  losses,
  optimizers,
  schedules,
} from "./catalog.ts";
export { DefinitionFileError } from "./definition-file.ts";
export * from "./definition.ts";
export * from "./errors.ts";
export { countLayers } from "./layer-count.ts";
export * from "./layer-error.ts";
export type { LayerSummary, PartSummary } from "./layer-summary.ts";
export * from "./model.ts";
export * from "./nested-layers.ts";
