import type { Model, Buffer } from "@nn/layers";
import type { Backend, FloatArray, Shape } from "@nn/tensor";

/** The tensors that are saved for a model: its parameters and buffers. */
export type ModelTensors = Pick<Model, "parameters" | "buffers">;

/** `own` contains the numbers of a model's tensor; `copy` is a second array of the same size. */
export interface TensorCopy {
  readonly name: string;
  readonly shape: Shape;
  readonly own: FloatArray;
  readonly copy: FloatArray;
}

/** Allocates a second array for each tensor of a model, filled with zeros. */
export function allocateTensorCopies(
  { parameters, buffers }: ModelTensors,
  backend: Backend,
): readonly TensorCopy[] {
  return [...parameters, ...buffers].map(({ name, value }) => ({
    name,
    shape: value.shape,
    own: value.data,
    copy: backend.allocate(value.shape).data,
  }));
}

/** Returns the copies as buffers with the names of the originals. */
export function toBuffers(pairs: readonly TensorCopy[]): readonly Buffer[] {
  return pairs.map(({ name, shape, copy }) => ({ name, value: { shape, data: copy } }));
}
