import type { Rng } from "@nn/tensor";

/** So often an entry is drawn without regard to what was learned. */
const openness = 0.1;

/**
 * Which entry of a list to draw: each has a probability, which moves towards those that were good (Baluja
 * 1994).
 */
export class Entries {
  #probabilities: readonly number[];

  constructor(count: number) {
    this.#probabilities = evenly(count);
  }

  /** The place of an entry in the list. */
  draw(rng: Rng): number {
    const isOpen = rng.uniform() < openness;
    return entryAt(isOpen ? evenly(this.#probabilities.length) : this.#probabilities, rng.uniform());
  }

  /**
   * p ← p + r·(share of the good − p), the slower the more entries there are to tell apart. `half`: how many
   * could have been good.
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

/** The entry in whose part of [0, 1) u lies. */
function entryAt(probabilities: readonly number[], u: number): number {
  let left = u;
  const entry = probabilities.findIndex((probability) => (left -= probability) < 0);
  return entry === -1 ? probabilities.length - 1 : entry;
}
