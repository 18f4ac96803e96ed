import type { Rng } from "@nn/tensor";

/** Probability of drawing an entry uniformly instead of by the learned probabilities. */
const openness = 0.1;

/**
 * Learned probabilities of the entries of a list, which move towards the entries of good trials (Baluja
 * 1994).
 */
export class CategoricalDistribution {
  #probabilities: readonly number[];

  constructor(count: number) {
    this.#probabilities = evenly(count);
  }

  /** Draws an entry and returns its index. */
  draw(rng: Rng): number {
    const isOpen = rng.uniform() < openness;
    return entryAt(isOpen ? evenly(this.#probabilities.length) : this.#probabilities, rng.uniform());
  }

  /**
   * Sets p ← p + r·(q − p) for each entry, where q is its share of `good` and r = half / (half + 4·number of
   * entries). `half` is half the population size.
   */
  learn(good: readonly number[], half: number): void {
    if (good.length === 0) return;
    const rate = half / (half + 4 * this.#probabilities.length);
    this.#probabilities = this.#probabilities.map((probability, entry) => {
      const share = good.filter((each) => each === entry).length / good.length;
      return probability + rate * (share - probability);
    });
  }
}

function evenly(count: number): number[] {
  return Array.from({ length: count }, () => 1 / count);
}

/** Returns the index of the entry whose part of [0, 1) contains u. */
function entryAt(probabilities: readonly number[], u: number): number {
  let left = u;
  const entry = probabilities.findIndex((probability) => (left -= probability) < 0);
  return entry === -1 ? probabilities.length - 1 : entry;
}
