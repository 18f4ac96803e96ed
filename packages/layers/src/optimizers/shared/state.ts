import type { Backend, Tensor } from "@nn/tensor";

import type { Parameter, StateDict, Buffer } from "../../definition.ts";

/**
 * What an optimizer keeps between steps: numbers, and tensors in the shapes of its parameters, which start at
 * zero.
 */
export class OptimizerState<Numbers extends Record<string, number>> implements StateDict {
  readonly tensors: Buffer[] = [];
  readonly numbers: Numbers;
  readonly #backend: Backend;

  /** `numbers`: their initial values. The optimizer updates this object in place. */
  constructor(backend: Backend, numbers: Numbers) {
    this.#backend = backend;
    this.numbers = numbers;
  }

  /** Adds a tensor of zeros in the shape of a parameter, such as its velocity, and returns it. */
  beside({ name, value }: Parameter, what: string): Tensor {
    const tensor = this.#backend.allocate(value.shape);
    this.tensors.push({ name: `${name}.${what}`, value: tensor });
    return tensor;
  }
}
