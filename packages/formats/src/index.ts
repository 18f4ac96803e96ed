export { ExportError } from "./errors.ts";
export { encodeOnnx, onnxModel } from "./onnx/export-onnx.ts";
export type {
  OnnxAttribute,
  OnnxGraph,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxPort,
} from "./onnx/graph.ts";
