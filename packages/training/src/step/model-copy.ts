import type { Model, Buffer } from "@nn/layers";
import type { Backend, FloatArray, Shape } from "@nn/tensor";

/** The tensors that are saved for a model: its parameters and buffers. */
export type ModelTensors = Pick<Model, "parameters" | "buffers">;

/** The numbers of one of a model's tensors, `own`, and a second array of the same size, `copy`. */
export interface TensorCopy {
  readonly name: string;
  readonly shape: Shape;
  readonly own: FloatArray;
  readonly copy: FloatArray;
}

/** Allocates a second set of arrays for a model's numbers, filled with zeros. */
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

/** Returns the copies as buffers, each with the name of its original. */
export function toBuffers(pairs: readonly TensorCopy[]): readonly Buffer[] {
  return pairs.map(({ name, shape, copy }) => ({ name, value: { shape, data: copy } }));
}
