import type { Model } from "@nn/layers";
import type { Backend, FloatArray } from "@nn/tensor";

/** All that a model is saved with: what it learns, and what its layers remember beside. */
export type ModelTensors = Pick<Model, "parameters" | "state">;

export interface Pair {
  readonly own: FloatArray;
  readonly copy: FloatArray;
}

/** Room for a second set of a model's numbers, zeros at first. */
export function pairWithCopies({ parameters, state }: ModelTensors, backend: Backend): readonly Pair[] {
  return [...parameters, ...state].map(({ value }) => ({
    own: value.data,
    copy: backend.allocate(value.shape).data,
  }));
}
