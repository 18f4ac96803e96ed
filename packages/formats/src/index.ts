export { ExportError } from "./errors.ts";
export { exportFormats, type ExportFormat, type ExportFormatName } from "./export-formats.ts";
export { encodeJson } from "./json/export-json.ts";
export { encodeOnnx, createOnnxModel } from "./onnx/export-onnx.ts";
export type {
  OnnxAttribute,
  OnnxGraph,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValueInfo,
} from "./onnx/graph.ts";
export { encodeTorch, createTorchTensors } from "./pytorch/export-torch.ts";
export {
  encodeTrialEvents,
  encodeEndEvents,
  encodeEpochEvents,
  createEventFileName,
  encodeStartEvents,
  type TensorboardEnd,
  type TensorboardEpoch,
  type TensorboardStart,
  type TensorboardTrial,
} from "./tensorboard/trial-events.ts";
export { createModelCard } from "./model-card/model-card.ts";
export type {
  ModelCardData,
  ModelCardInput,
  ModelCardNetwork,
  ModelSelection,
  SplitMetrics,
} from "./model-card/model-card-input.ts";
