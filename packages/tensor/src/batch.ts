import type { Backend } from "./backend.ts";
import { countElements, type Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A buffer for the largest batch. `rows(n)` returns a view of its first n examples. The view of each n is
 * created only once, so a repeated batch size allocates nothing.
 */
export class Batch {
  readonly exampleShape: Shape;
  readonly #whole: Tensor;
  readonly #views = new Map<number, Tensor>();

  /** `capacity` is the largest number of examples; `exampleShape` is the shape of one example, without N. */
  constructor(backend: Backend, capacity: number, exampleShape: Shape) {
    this.exampleShape = exampleShape;
    this.#whole = backend.allocate([capacity, ...exampleShape]);
    this.#views.set(capacity, this.#whole);
  }

  /** Returns a view of the first n examples, (n, ...exampleShape). n must be at most the capacity. */
  rows(n: number): Tensor {
    let view = this.#views.get(n);
    if (view === undefined) {
      const data = this.#whole.data.subarray(0, n * countElements(this.exampleShape));
      view = { shape: [n, ...this.exampleShape], data };
      this.#views.set(n, view);
    }
    return view;
  }
}
