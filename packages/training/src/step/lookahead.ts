import type { Model, StateDict } from "@nn/layers";
import type { Backend } from "@nn/tensor";

import { toBuffers, allocateTensorCopies } from "./model-copy.ts";

/**
 * `steps` is k, the number of steps between updates of the slow weights. `alpha` is α, the fraction by which
 * they move.
 */
export interface LookaheadOptions {
  readonly steps: number;
  readonly alpha: number;
}

/** Tracks the slow weights of lookahead. */
export interface Lookahead {
  readonly state: StateDict;
  /** Call it after each step of the optimizer. */
  afterStep(): void;
}

/**
 * Creates lookahead (Zhang et al. 2019, algorithm 1) with slow weights φ and trained weights w: after every k
 * steps, φ += α·(w − φ), then w = φ. The initial φ may exceed a maxNorm, so the model constrains w again, and
 * φ takes its values.
 */
export function createLookahead(
  { steps, alpha }: LookaheadOptions,
  backend: Backend,
  model: Pick<Model, "parameters" | "constrain">,
): Lookahead {
  const pairs = allocateTensorCopies({ parameters: model.parameters, buffers: [] }, backend);
  for (const { own: fast, copy: slow } of pairs) slow.set(fast);
  const numbers = { taken: 0 };
  return {
    state: { tensors: toBuffers(pairs), numbers },
    afterStep() {
      numbers.taken++;
      if (numbers.taken % steps !== 0) return;
      for (const { own: fast, copy: slow } of pairs) {
        for (let i = 0; i < slow.length; i++) slow[i] = slow[i]! + alpha * (fast[i]! - slow[i]!);
        fast.set(slow);
      }
      model.constrain();
      for (const { own: fast, copy: slow } of pairs) slow.set(fast);
    },
  };
}
