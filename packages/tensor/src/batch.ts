import type { Backend } from "./backend.ts";
import { sizeOf, type Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A buffer for the largest batch. `rows(n)` returns the tensor of its first n examples, created once for each
 * n, so that a training step allocates nothing.
 */
export class Batch {
  readonly exampleShape: Shape;
  readonly #whole: Tensor;
  readonly #views = new Map<number, Tensor>();

  /** `capacity` is the largest number of examples, `exampleShape` the shape of one, without N. */
  constructor(backend: Backend, capacity: number, exampleShape: Shape) {
    this.exampleShape = exampleShape;
    this.#whole = backend.allocate([capacity, ...exampleShape]);
    this.#views.set(capacity, this.#whole);
  }

  /** Returns the first n examples of the buffer, (n, ...exampleShape); n is at most the capacity. */
  rows(n: number): Tensor {
    let view = this.#views.get(n);
    if (view === undefined) {
      const data = this.#whole.data.subarray(0, n * sizeOf(this.exampleShape));
      view = { shape: [n, ...this.exampleShape], data };
      this.#views.set(n, view);
    }
    return view;
  }
}
