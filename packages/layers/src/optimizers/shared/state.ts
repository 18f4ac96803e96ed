import type { Backend, Tensor } from "@nn/tensor";

import type { Parameter, StateDict, Buffer } from "../../definition.ts";

/**
 * What an optimizer remembers from step to step: numbers, and tensors beside its parameters, which begin as
 * zeros.
 */
export class OptimizerState<Numbers extends Record<string, number>> implements StateDict {
  readonly tensors: Buffer[] = [];
  readonly numbers: Numbers;
  readonly #backend: Backend;

  /** `numbers`: what they begin as; the optimizer counts in this object itself. */
  constructor(backend: Backend, numbers: Numbers) {
    this.#backend = backend;
    this.numbers = numbers;
  }

  /** A tensor of a parameter's shape: its velocity, the mean of its gradients. */
  beside({ name, value }: Parameter, what: string): Tensor {
    const tensor = this.#backend.allocate(value.shape);
    this.tensors.push({ name: `${name}.${what}`, value: tensor });
    return tensor;
  }
}
