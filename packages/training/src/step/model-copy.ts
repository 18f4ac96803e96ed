import type { Model, Buffer } from "@nn/layers";
import type { Backend, FloatArray, Shape } from "@nn/tensor";

/** All that a model is saved with: what it learns, and what its layers remember beside. */
export type ModelTensors = Pick<Model, "parameters" | "state">;

/** The numbers of one of a model's tensors, `own`, beside a second array of that size, `copy`. */
export interface TensorCopy {
  readonly name: string;
  readonly shape: Shape;
  readonly own: FloatArray;
  readonly copy: FloatArray;
}

/** Room for a second set of a model's numbers, zeros at first. */
export function copyTensors({ parameters, state }: ModelTensors, backend: Backend): readonly TensorCopy[] {
  return [...parameters, ...state].map(({ name, value }) => ({
    name,
    shape: value.shape,
    own: value.data,
    copy: backend.allocate(value.shape).data,
  }));
}

/** The copies as tensors to be remembered, each by the name of what it is a copy of. */
export function copiesOf(pairs: readonly TensorCopy[]): readonly Buffer[] {
  return pairs.map(({ name, shape, copy }) => ({ name, value: { shape, data: copy } }));
}
