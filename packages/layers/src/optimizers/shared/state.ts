import type { Backend, Tensor } from "@nn/tensor";

import type { Parameter, StateDict, Buffer } from "../../definition.ts";

/**
 * The state of an optimizer: numbers, and tensors with the shapes of its parameters. The tensors are
 * initialized to zero.
 */
export class OptimizerState<Numbers extends Record<string, number>> implements StateDict {
  readonly tensors: Buffer[] = [];
  readonly numbers: Numbers;
  readonly #backend: Backend;

  /** `numbers` contains the initial values. The optimizer updates this object in place. */
  constructor(backend: Backend, numbers: Numbers) {
    this.#backend = backend;
    this.numbers = numbers;
  }

  /** Adds a tensor of zeros with the shape of a parameter, such as its velocity, and returns the tensor. */
  zerosLike({ name, value }: Parameter, what: string): Tensor {
    const tensor = this.#backend.allocate(value.shape);
    this.tensors.push({ name: `${name}.${what}`, value: tensor });
    return tensor;
  }
}
