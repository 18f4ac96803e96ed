import type { Backend, Tensor } from "@nn/tensor";

/**
 * A buffer (T, N, D) for a batch of sequences. Time is the outermost axis, so the batch at one time step is
 * contiguous, as a matrix product needs it. It is allocated once, for the largest batch, and each view is
 * created once.
 */
export class SequenceBuffer {
  readonly #features: number;
  readonly #whole: Tensor;
  readonly #views = new Map<number, Tensor>();
  readonly #steps: number;

  /** `steps` is T, `capacity` is the largest N, `features` is D. */
  constructor(backend: Backend, steps: number, capacity: number, features: number) {
    this.#steps = steps;
    this.#features = features;
    this.#whole = backend.allocate([steps, capacity, features]);
  }

  /** Returns the view of a batch of n at time t, (n, D). */
  at(n: number, t: number): Tensor {
    return this.#view(n, t, 1);
  }

  /** Returns the view of a batch of n at the first `count` time steps, (count · n, D). */
  first(n: number, count: number): Tensor {
    return this.#view(n, 0, count);
  }

  #view(n: number, from: number, count: number): Tensor {
    const key = (n * (this.#steps + 1) + from) * (this.#steps + 1) + count;
    let view = this.#views.get(key);
    if (view === undefined) {
      const stride = n * this.#features;
      const data = this.#whole.data.subarray(from * stride, (from + count) * stride);
      view = { shape: [count * n, this.#features], data };
      this.#views.set(key, view);
    }
    return view;
  }
}

/**
 * Swaps the first two axes, such as batch and time: out[j, i] = x[i, j] for rows of D numbers. x (A, B, D),
 * out (B, A, D).
 */
export function swapFirstAxes(x: Tensor["data"], A: number, B: number, D: number, out: Tensor["data"]): void {
  for (let i = 0; i < A; i++) {
    for (let j = 0; j < B; j++) {
      const from = (i * B + j) * D;
      const to = (j * A + i) * D;
      for (let d = 0; d < D; d++) out[to + d] = x[from + d]!;
    }
  }
}
