/** How many processes train trials at once, and how many threads compute in each. */
export interface CoreAssignment {
  readonly workers: number;
  readonly threads: number;
  /** For the person who asked for more than there is. */
  readonly notice?: string;
}

/** What was asked for on the command line. */
interface Asked {
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
}

/**
 * Shares the cores out among `trials` ≥ 1 trials: as many processes as find a core for each of their threads.
 * A thread of its own for a trial is worth more than a second thread for another, so a trial has one thread
 * unless more are asked for.
 */
export function assignCores({ workers, threads = 1 }: Asked, trials: number, cores: number): CoreAssignment {
  const wanted = workers ?? Math.max(1, Math.floor(cores / threads));
  const shares = { workers: Math.min(wanted, trials), threads };
  const all = shares.workers * threads;
  // One thread each: workers of their own wait for data now and then, and more of them than cores do no harm.
  if (threads === 1 || all <= cores) return shares;
  const what =
    shares.workers === 1 ? `${threads} threads` : `${shares.workers} workers with ${threads} threads each`;
  const notice =
    `notice: ${what} for ${cores} ${cores === 1 ? "core" : "cores"}: the same bytes, but slower than with ` +
    "one thread a core";
  return { ...shares, notice };
}
