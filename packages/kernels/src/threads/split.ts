/** How an operation can be shared out: by ranges of something, such as rows or images. */
export interface Split {
  /** How many there are. */
  readonly extent: number;
  /** Ranges begin at multiples of it: the height of a tile, a cache line of numbers. */
  readonly grain: number;
  /** Of the whole operation, in multiply-adds; see NUMBER. */
  readonly work: number;
}

/**
 * The cost of a number that an elementwise kernel reads, changes and writes, in multiply-adds of a matrix
 * product. bench/threads.ts prints both costs beside a product.
 */
export const NUMBER = 8;
/**
 * The cost of a number whose exponential is taken, or for which random words are drawn. Same unit and
 * benchmark as NUMBER.
 */
export const HARD_NUMBER = 128;

/**
 * A part of an operation must have this many multiply-adds to be worth another thread: about ten
 * microseconds, and some ten times what handing it over takes. bench/threads.ts prints it.
 */
export const WORTH_SPLITTING = 500_000;

/**
 * The length of each range, all but the last: as few ranges as there are threads, each with `worth`
 * multiply-adds.
 */
export function rangeOf({ extent, grain, work }: Split, threads: number, worth: number): number {
  const parts = Math.max(1, Math.min(threads, worth === 0 ? threads : Math.floor(work / worth)));
  return Math.ceil(extent / grain / parts) * grain;
}
