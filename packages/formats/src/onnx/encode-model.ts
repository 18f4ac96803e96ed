import { BinaryWriter } from "@bufbuild/protobuf/wire";

import { bytes, float, integer, message, text, type Message } from "../protobuf/fields.ts";
import type { OnnxAttribute, OnnxGraph, OnnxInitializer, OnnxModel, OnnxNode, OnnxPort } from "./graph.ts";

/** The operators are those of this version, ONNX 1.12 (2022), the first with LayerNormalization. */
export const OPERATOR_SET = 17;
/** The version of the file format that belongs to ONNX 1.12. */
const IR_VERSION = 8;

// Numbers of https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto: TensorProto.DataType and
// AttributeProto.AttributeType. A field is written as `text(writer, field, …)`, with its number there.
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_TYPE = { float: 1, int: 2, text: 3, ints: 7 };

/** Returns the bytes of an .onnx file. The same model gives the same bytes. */
export function encodeModel({ graph, metadata }: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, IR_VERSION);
  text(writer, 2, "nn-from-scratch");
  message(writer, 7, writeGraph, graph);
  message(writer, 8, writeOperatorSet, OPERATOR_SET);
  for (const entry of Object.entries(metadata)) message(writer, 14, writeEntry, entry);
  return writer.finish();
}

const writeGraph: Message<OnnxGraph> = (writer, { nodes, name, initializers, inputs, outputs }) => {
  for (const node of nodes) message(writer, 1, writeNode, node);
  text(writer, 2, name);
  for (const initializer of initializers) message(writer, 5, writeTensor, initializer);
  for (const input of inputs) message(writer, 11, writePort, input);
  for (const output of outputs) message(writer, 12, writePort, output);
};

const writeNode: Message<OnnxNode> = (writer, { name, operator, inputs, outputs, attributes }) => {
  for (const input of inputs) text(writer, 1, input);
  for (const output of outputs) text(writer, 2, output);
  text(writer, 3, name);
  text(writer, 4, operator);
  for (const attribute of Object.entries(attributes)) message(writer, 5, writeAttribute, attribute);
};

const writeAttribute: Message<readonly [string, OnnxAttribute]> = (writer, [name, value]) => {
  text(writer, 1, name);
  if ("float" in value) float(writer, 2, value.float);
  else if ("int" in value) integer(writer, 3, value.int);
  else if ("text" in value) text(writer, 4, value.text);
  else for (const each of value.ints) integer(writer, 8, each);
  integer(writer, 20, typeOf(value));
};

function typeOf(value: OnnxAttribute): number {
  if ("float" in value) return ATTRIBUTE_TYPE.float;
  if ("int" in value) return ATTRIBUTE_TYPE.int;
  return "text" in value ? ATTRIBUTE_TYPE.text : ATTRIBUTE_TYPE.ints;
}

const writeTensor: Message<OnnxInitializer> = (writer, { name, shape, data }) => {
  for (const extent of shape) integer(writer, 1, extent);
  integer(writer, 2, data instanceof Float32Array ? FLOAT : INT64);
  text(writer, 8, name);
  bytes(writer, 9, littleEndian(data));
};

const writePort: Message<OnnxPort> = (writer, { name, shape }) => {
  text(writer, 1, name);
  message(writer, 2, writeType, shape);
};

/** TypeProto of a float32 tensor (N, …shape). */
const writeType: Message<OnnxPort["shape"]> = (writer, shape) => {
  message(writer, 1, writeTensorType, shape);
};

const writeTensorType: Message<OnnxPort["shape"]> = (writer, shape) => {
  integer(writer, 1, FLOAT);
  message(writer, 2, writeShape, shape);
};

const writeShape: Message<OnnxPort["shape"]> = (writer, shape) => {
  message(writer, 1, (axis: BinaryWriter) => text(axis, 2, "N"), undefined);
  for (const extent of shape) message(writer, 1, (axis, size: number) => integer(axis, 1, size), extent);
};

const writeOperatorSet: Message<number> = (writer, version) => {
  text(writer, 1, "");
  integer(writer, 2, version);
};

const writeEntry: Message<readonly [string, string]> = (writer, [key, value]) => {
  text(writer, 1, key);
  text(writer, 2, value);
};

/** Returns the numbers as bytes in the order of the format, whatever the order of this machine. */
function littleEndian(data: Float32Array | BigInt64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.byteLength));
  if (data instanceof Float32Array)
    for (const [i, value] of data.entries()) view.setFloat32(4 * i, value, true);
  else for (const [i, value] of data.entries()) view.setBigInt64(8 * i, value, true);
  return new Uint8Array(view.buffer);
}
