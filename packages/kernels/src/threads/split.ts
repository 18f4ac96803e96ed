/** Describes how an operation can be split among threads, into ranges of rows, images or other elements. */
export interface Split {
  /** Number of elements. */
  readonly extent: number;
  /**
   * Ranges start at multiples of this number, such as the height of a tile or the numbers in a cache line.
   */
  readonly grain: number;
  /** Cost of the whole operation, in multiply-adds; see ELEMENT_COST. */
  readonly work: number;
}

/**
 * Cost per number of an elementwise kernel, which reads, changes and writes it. The unit is one multiply-add
 * of a matrix product. bench/threads.ts measures this cost and the next one.
 */
export const ELEMENT_COST = 8;
/** Cost per number of a kernel that computes an exponential or random words, in the unit of ELEMENT_COST. */
export const EXPENSIVE_ELEMENT_COST = 128;

/**
 * Minimum number of multiply-adds for which another thread is worthwhile. They take about 10 µs, ten times as
 * long as passing a job to a thread. bench/threads.ts measures both.
 */
export const MIN_THREAD_WORK = 500_000;

/**
 * Returns the length of each range except the last, which may be shorter. There are at most as many ranges as
 * threads. On average, each has at least `minWork` multiply-adds.
 */
export function computeRangeLength({ extent, grain, work }: Split, threads: number, minWork: number): number {
  const parts = Math.max(1, Math.min(threads, minWork === 0 ? threads : Math.floor(work / minWork)));
  return Math.ceil(extent / grain / parts) * grain;
}
