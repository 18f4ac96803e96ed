import type { StreamKey } from "./backend.ts";

/**
 * A stream of random numbers. `fork` names a new, independent stream from this one's key alone, not from how
 * much has been drawn: the numbers of a purpose depend on (seed, purpose, epoch, …), never on what else was random.
 */
export interface Rng {
  readonly key: StreamKey;
  /** The stream of that name below this one. */
  fork(name: string | number): Rng;
  /** The next 32 bits, 0 … 2³² − 1. */
  uint32(): number;
  /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number;
  /** Uniform among 0 … bound − 1, without bias. 1 ≤ bound ≤ 2³². */
  integer(bound: number): number;
  /** Standard normal (Box & Muller 1958). */
  normal(): number;
  /** Fisher–Yates, in place. */
  shuffle(values: Int32Array): void;
}
