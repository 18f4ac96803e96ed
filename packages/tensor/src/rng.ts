import type { StreamKey } from "./backend.ts";
import { cos } from "./math/trigonometry.ts";
import { log } from "./math/log.ts";
import { forkKey, threefry2x32 } from "./threefry.ts";

/**
 * A stream of random numbers. `fork` returns a new, independent stream that depends only on this stream's key
 * and the name, not on earlier draws. The random numbers for one purpose therefore depend only on (seed,
 * purpose, epoch, …), not on other draws.
 */
export interface Rng {
  readonly key: StreamKey;
  /**
   * Returns the child stream with that name. A number is converted to its decimal digits: fork(1) equals
   * fork("1").
   */
  fork(name: string | number): Rng;
  /** Returns the next word of the stream, an integer in 0 … 2³² − 1. Word i is `streamWord(key, i)`. */
  uint32(): number;
  /**
   * Returns a uniform number in [0, 1), a multiple of 2⁻⁵³. Uses two words, the first for the upper 27 bits.
   */
  uniform(): number;
  /** Returns a uniform integer in 0 … bound − 1, without bias. Throws RangeError unless 1 ≤ bound ≤ 2³². */
  integer(bound: number): number;
  /**
   * Returns a standard normal number: √(−2·log(1 − u))·cos(2π·v) of two uniform numbers u, v (Box & Muller
   * 1958). The second number of the method (with the sine) is not used, so every call uses four words and
   * stores no number.
   */
  normal(): number;
  /** Shuffles in place, by Fisher–Yates (Durstenfeld 1964): every permutation is equally likely. */
  shuffle(values: Int32Array): void;
}

/**
 * Returns the stream of a seed, with the key (seed mod 2³², ⌊seed / 2³²⌋). Throws RangeError unless the seed
 * is an integer in 0 … 2⁵³ − 1.
 */
export function createRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`createRng: the seed must be a whole number from 0 to 2^53 - 1, got ${seed}.`);
  }
  return openStream([seed % TWO_32, Math.floor(seed / TWO_32)]);
}

/** Returns the stream of a key, positioned at its first word. */
export function openStream(key: StreamKey): Rng {
  return new ThreefryStream(key);
}

const TWO_32 = 4294967296;
const TWO_PI = 6.283185307179586;

class ThreefryStream implements Rng {
  readonly key: StreamKey;
  readonly #block = new Uint32Array(2);
  #nextBlock = 0;
  #secondWordLeft = false;

  constructor(key: StreamKey) {
    this.key = key;
  }

  fork(name: string | number): Rng {
    return new ThreefryStream(forkKey(this.key, String(name)));
  }

  uint32(): number {
    if (this.#secondWordLeft) {
      this.#secondWordLeft = false;
      return this.#block[1]!;
    }
    const counter = this.#nextBlock++;
    threefry2x32(this.key, counter % TWO_32, Math.floor(counter / TWO_32), this.#block);
    this.#secondWordLeft = true;
    return this.#block[0]!;
  }

  uniform(): number {
    const upper = this.uint32() >>> 5; // 27 bits
    const lower = this.uint32() >>> 6; // 26 bits
    return (upper * 67108864 + lower) / 9007199254740992;
  }

  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
      throw new RangeError(`Rng.integer: the bound must be a whole number from 1 to 2^32, got ${bound}.`);
    }
    // Words beyond the last multiple of `bound` would make small remainders more likely, so draw again.
    const complete = TWO_32 - (TWO_32 % bound);
    let word = this.uint32();
    while (word >= complete) word = this.uint32();
    return word % bound;
  }

  normal(): number {
    const radius = Math.sqrt(-2 * log(1 - this.uniform()));
    return radius * cos(TWO_PI * this.uniform());
  }

  shuffle(values: Int32Array): void {
    for (let last = values.length - 1; last > 0; last--) {
      const chosen = this.integer(last + 1);
      const value = values[chosen]!;
      values[chosen] = values[last]!;
      values[last] = value;
    }
  }
}
