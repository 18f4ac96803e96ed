/** How an operation can be split among threads: by ranges of rows, images or other elements. */
export interface Split {
  /** Number of elements. */
  readonly extent: number;
  /** Ranges start at multiples of this, such as the height of a tile or a cache line of numbers. */
  readonly grain: number;
  /** Cost of the whole operation, in multiply-adds; see NUMBER. */
  readonly work: number;
}

/**
 * The cost of a number that an elementwise kernel reads, changes and writes, in multiply-adds of a matrix
 * product. bench/threads.ts compares both costs with a product.
 */
export const NUMBER = 8;
/** The cost of a number with an exponential or with random words, in the same unit as NUMBER. */
export const EXPENSIVE_NUMBER = 128;

/**
 * The fewest multiply-adds for which another thread is worthwhile: about ten microseconds, about ten times
 * the cost of passing the work on. bench/threads.ts measures it.
 */
export const MIN_THREAD_WORK = 500_000;

/**
 * Returns the length of each range except the last. There are at most as many ranges as threads, each with at
 * least `worth` multiply-adds.
 */
export function rangeOf({ extent, grain, work }: Split, threads: number, worth: number): number {
  const parts = Math.max(1, Math.min(threads, worth === 0 ? threads : Math.floor(work / worth)));
  return Math.ceil(extent / grain / parts) * grain;
}
