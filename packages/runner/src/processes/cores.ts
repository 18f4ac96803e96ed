/** The number of worker processes and of threads per trial. */
export interface CoreAssignment {
  readonly workers: number;
  readonly threads: number;
  /** A notice if the user requested more threads than there are cores. */
  readonly notice?: string;
}

/** The numbers from the command line. */
interface Asked {
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
}

/**
 * Distributes the cores among `trials` ≥ 1 trials. By default there are as many processes as the cores allow,
 * with one core per thread. A trial has one thread by default, because one trial per core is faster than
 * several threads per trial.
 */
export function assignCores({ workers, threads = 1 }: Asked, trials: number, cores: number): CoreAssignment {
  const wanted = workers ?? Math.max(1, Math.floor(cores / threads));
  const shares = { workers: Math.min(wanted, trials), threads };
  const all = shares.workers * threads;
  // More single-threaded workers than cores are fine, because a worker sometimes waits for data.
  if (threads === 1 || all <= cores) return shares;
  const what =
    shares.workers === 1 ? `${threads} threads` : `${shares.workers} workers with ${threads} threads each`;
  const notice =
    `notice: ${what} on ${cores} ${cores === 1 ? "core" : "cores"} give the same results, but are slower ` +
    "than one thread per core";
  return { ...shares, notice };
}
