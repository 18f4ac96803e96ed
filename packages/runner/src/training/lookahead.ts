import type { Parameter } from "@nn/layers";
import type { Backend } from "@nn/tensor";

export interface LookaheadOptions {
  readonly steps: number;
  readonly alpha: number;
}

/**
 * Slow weights φ that follow the ones that are trained, w: after every k steps φ += α·(w − φ), and w goes on from φ.
 * Zhang et al. 2019, algorithm 1. Returns what is to be called after each step of the optimizer.
 */
export function createLookahead(
  { steps, alpha }: LookaheadOptions,
  backend: Backend,
  parameters: readonly Parameter[],
): () => void {
  const pairs = parameters.map(({ value }) => {
    const slow = backend.allocate(value.shape).data;
    slow.set(value.data);
    return { fast: value.data, slow };
  });
  let taken = 0;
  return () => {
    taken++;
    if (taken % steps !== 0) return;
    for (const { fast, slow } of pairs) {
      for (let i = 0; i < slow.length; i++) slow[i] = slow[i]! + alpha * (fast[i]! - slow[i]!);
      fast.set(slow);
    }
  };
}
