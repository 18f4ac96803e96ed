import { decodeSafetensors, encodeSafetensors, RunDirectoryError, type StoredTensor } from "@nn/results";

import type { Predictions } from "../metrics/predictions.ts";

/** The sets of images on which a trained network is evaluated. */
export type EvaluatedSet = "validation" | "test";

/** The outputs of a network for the images of one set, as read from outputs.safetensors. */
export interface SavedOutputs {
  /** (N, C), row-major: the logits, before softmax. */
  readonly outputs: Float32Array;
  /** Number of classes, C. */
  readonly classes: number;
  /** (N) */
  readonly labels: Int32Array;
  /** (N), the index of each image in its file. */
  readonly indices: Int32Array;
}

/**
 * Returns the bytes of outputs.safetensors: for each set, `<set>.outputs` (N, C), `<set>.labels` (N) and
 * `<set>.index` (N), the index of each image in its file. All numbers are F32: indices are exact up to 2²⁴.
 */
export function encodeOutputs(sets: Partial<Record<EvaluatedSet, Predictions>>): Uint8Array {
  const tensors = Object.entries(sets).flatMap(([set, { outputs, classes, labels, indices }]) => {
    const count = labels.length;
    return [
      [`${set}.outputs`, { shape: [count, classes], data: outputs }],
      [`${set}.labels`, { shape: [count], data: Float32Array.from(labels) }],
      [`${set}.index`, { shape: [count], data: Float32Array.from(indices) }],
    ] as const;
  });
  return encodeSafetensors(tensors, { format: "nn-from-scratch outputs 1" });
}

/**
 * Decodes the bytes of an outputs.safetensors file. `source` names the file in messages. Throws
 * RunDirectoryError if the file is damaged or its tensors do not match each other.
 */
export function decodeOutputs(
  bytes: Uint8Array,
  source: string,
): Partial<Record<EvaluatedSet, SavedOutputs>> {
  const { tensors } = decodeSafetensors(bytes, source);
  const read = (set: EvaluatedSet): SavedOutputs | undefined => {
    if (!tensors.has(`${set}.outputs`)) return undefined;
    const outputs = tensorOf(tensors, `${set}.outputs`, source);
    const [count = 0, classes = 0] = outputs.shape;
    if (outputs.shape.length !== 2) damaged(source, `${set}.outputs`, "(N, C)", outputs.shape);
    const column = (name: string): Int32Array => {
      const { shape, data } = tensorOf(tensors, `${set}.${name}`, source);
      if (shape.length !== 1 || shape[0] !== count) damaged(source, `${set}.${name}`, `(${count})`, shape);
      return Int32Array.from(data);
    };
    const labels = column("labels");
    const wrong = outputs.data.find((output) => !Number.isFinite(output));
    if (wrong !== undefined) {
      throw new RunDirectoryError(
        "corrupt",
        `${source}: expected finite numbers in ${set}.outputs, got ${wrong}.`,
      );
    }
    const outside = labels.find((label) => label < 0 || label >= classes);
    if (outside !== undefined) {
      throw new RunDirectoryError(
        "corrupt",
        `${source}: expected labels from 0 to ${classes - 1} in ${set}.labels, got ${outside}.`,
      );
    }
    return { outputs: Float32Array.from(outputs.data), classes, labels, indices: column("index") };
  };
  const [validation, test] = [read("validation"), read("test")];
  return { ...(validation !== undefined && { validation }), ...(test !== undefined && { test }) };
}

function tensorOf(tensors: ReadonlyMap<string, StoredTensor>, name: string, source: string): StoredTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined)
    throw new RunDirectoryError("corrupt", `${source}: expected a tensor "${name}". Train the trial again.`);
  return tensor;
}

function damaged(source: string, name: string, expected: string, shape: readonly number[]): never {
  throw new RunDirectoryError(
    "corrupt",
    `${source}: expected ${name} of shape ${expected}, got (${shape.join(", ")}).`,
  );
}
