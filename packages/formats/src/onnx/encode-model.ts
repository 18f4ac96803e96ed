import { BinaryWriter } from "@bufbuild/protobuf/wire";

import {
  writeBytes,
  writeFloat,
  writeInteger,
  writeMessage,
  writeText,
  type Message,
} from "../protobuf/fields.ts";
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValueInfo,
} from "./graph.ts";

/** The version of the operator set: that of ONNX 1.12 (2022), the first with LayerNormalization. */
export const OPERATOR_SET = 17;
/** The version of the file format of ONNX 1.12. */
const IR_VERSION = 8;

// Numbers of https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto: TensorProto.DataType and
// AttributeProto.AttributeType. Each field is written by a call such as `text(writer, field, …)` with the
// number of the field.
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_TYPE = { float: 1, int: 2, text: 3, ints: 7 };

/** Encodes a model as the bytes of an .onnx file. The same model gives the same bytes. */
export function encodeModel({ graph, metadata }: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  writeInteger(writer, 1, IR_VERSION);
  writeText(writer, 2, "nn-from-scratch");
  writeMessage(writer, 7, writeGraph, graph);
  writeMessage(writer, 8, writeOperatorSet, OPERATOR_SET);
  for (const entry of Object.entries(metadata)) writeMessage(writer, 14, writeEntry, entry);
  return writer.finish();
}

const writeGraph: Message<OnnxGraph> = (writer, { nodes, name, initializers, inputs, outputs }) => {
  for (const node of nodes) writeMessage(writer, 1, writeNode, node);
  writeText(writer, 2, name);
  for (const initializer of initializers) writeMessage(writer, 5, writeTensor, initializer);
  for (const input of inputs) writeMessage(writer, 11, writePort, input);
  for (const output of outputs) writeMessage(writer, 12, writePort, output);
};

const writeNode: Message<OnnxNode> = (writer, { name, operator, inputs, outputs, attributes }) => {
  for (const input of inputs) writeText(writer, 1, input);
  for (const output of outputs) writeText(writer, 2, output);
  writeText(writer, 3, name);
  writeText(writer, 4, operator);
  for (const attribute of Object.entries(attributes)) writeMessage(writer, 5, writeAttribute, attribute);
};

const writeAttribute: Message<readonly [string, OnnxAttribute]> = (writer, [name, value]) => {
  writeText(writer, 1, name);
  if ("float" in value) writeFloat(writer, 2, value.float);
  else if ("int" in value) writeInteger(writer, 3, value.int);
  else if ("text" in value) writeText(writer, 4, value.text);
  else for (const each of value.ints) writeInteger(writer, 8, each);
  writeInteger(writer, 20, typeOf(value));
};

function typeOf(value: OnnxAttribute): number {
  if ("float" in value) return ATTRIBUTE_TYPE.float;
  if ("int" in value) return ATTRIBUTE_TYPE.int;
  return "text" in value ? ATTRIBUTE_TYPE.text : ATTRIBUTE_TYPE.ints;
}

const writeTensor: Message<OnnxInitializer> = (writer, { name, shape, data }) => {
  for (const extent of shape) writeInteger(writer, 1, extent);
  writeInteger(writer, 2, data instanceof Float32Array ? FLOAT : INT64);
  writeText(writer, 8, name);
  writeBytes(writer, 9, littleEndian(data));
};

const writePort: Message<OnnxValueInfo> = (writer, { name, shape }) => {
  writeText(writer, 1, name);
  writeMessage(writer, 2, writeType, shape);
};

/** TypeProto of a float32 tensor (N, …shape). */
const writeType: Message<OnnxValueInfo["shape"]> = (writer, shape) => {
  writeMessage(writer, 1, writeTensorType, shape);
};

const writeTensorType: Message<OnnxValueInfo["shape"]> = (writer, shape) => {
  writeInteger(writer, 1, FLOAT);
  writeMessage(writer, 2, writeShape, shape);
};

const writeShape: Message<OnnxValueInfo["shape"]> = (writer, shape) => {
  writeMessage(writer, 1, (axis: BinaryWriter) => writeText(axis, 2, "N"), undefined);
  for (const extent of shape)
    writeMessage(writer, 1, (axis, size: number) => writeInteger(axis, 1, size), extent);
};

const writeOperatorSet: Message<number> = (writer, version) => {
  writeText(writer, 1, "");
  writeInteger(writer, 2, version);
};

const writeEntry: Message<readonly [string, string]> = (writer, [key, value]) => {
  writeText(writer, 1, key);
  writeText(writer, 2, value);
};

/** Returns numbers as little-endian bytes, on any machine. */
function littleEndian(data: Float32Array | BigInt64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.byteLength));
  if (data instanceof Float32Array)
    for (const [i, value] of data.entries()) view.setFloat32(4 * i, value, true);
  else for (const [i, value] of data.entries()) view.setBigInt64(8 * i, value, true);
  return new Uint8Array(view.buffer);
}
