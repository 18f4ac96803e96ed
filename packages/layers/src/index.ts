export {
  initializerKind,
  initializers,
  isLayerDefinition,
  layerKind,
  layers,
  loadLayerFile,
  lossKind,
  losses,
  optimizerKind,
  optimizers,
  scheduleKind,
  schedules,
} from "./catalog.ts";
export { DefinitionFileError } from "@nn/catalog";
export * from "./definition.ts";
export * from "./errors.ts";
export { countLayers } from "./model/layer-count.ts";
export * from "./model/layer-error.ts";
export * from "./model/layer-summary.ts";
export * from "./model/model.ts";
export { countBackwardMultiplyAdds } from "./model/multiply-adds.ts";
export * from "./model/nested-layers.ts";
export * from "./model/sequential.ts";
export * from "./shared.ts";
export { planLayers } from "./model/plan-layers.ts";
