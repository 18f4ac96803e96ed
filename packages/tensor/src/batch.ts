import type { Backend } from "./backend.ts";
import { sizeOf, type Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A buffer planned once for the largest batch. `rows(n)` is the tensor of its first n examples, made once for
 * each n and then reused, so that a training step allocates nothing.
 */
export class Batch {
  readonly exampleShape: Shape;
  readonly #whole: Tensor;
  readonly #views = new Map<number, Tensor>();

  /** `capacity`: the largest number of examples; `exampleShape`: the shape of one, without N. */
  constructor(backend: Backend, capacity: number, exampleShape: Shape) {
    this.exampleShape = exampleShape;
    this.#whole = backend.allocate([capacity, ...exampleShape]);
    this.#views.set(capacity, this.#whole);
  }

  /** (n, ...exampleShape), the first n examples of the buffer; n is at most the capacity. */
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
