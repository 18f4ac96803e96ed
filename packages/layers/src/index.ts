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
export { countLayers } from "./model/layer-count.ts";
export * from "./model/layer-error.ts";
export type { LayerSummary, PartSummary } from "./model/layer-summary.ts";
export * from "./model/model.ts";
export * from "./model/nested-layers.ts";
export { planLayers } from "./model/plan-layers.ts";
