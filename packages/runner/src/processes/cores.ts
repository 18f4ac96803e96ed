import type { ThreadCount } from "@nn/training";

/** The number of worker processes and of threads per trial. */
export interface CoreAssignment {
  readonly workers: number;
  readonly threads: ThreadCount;
  /** A notice if the user requested more threads than there are cores. */
  readonly notice?: string;
}

/** The numbers from the command line. */
interface CoreRequest {
  readonly workers?: number | undefined;
  readonly threads?: ThreadCount | undefined;
}

/**
 * Distributes the cores among `trials` ≥ 1 trials. By default, there are as many processes as the cores
 * allow, with one core per thread: one trial per core is faster than several threads per trial. A single
 * trial chooses its number of threads by itself.
 */
export function assignCores(
  { workers, threads }: CoreRequest,
  trials: number,
  cores: number,
): CoreAssignment {
  const count = threads ?? (trials === 1 ? "auto" : 1);
  const perTrial = count === "auto" ? 1 : count;
  const wanted = workers ?? Math.max(1, Math.floor(cores / perTrial));
  const shares = { workers: Math.min(wanted, trials), threads: count };
  const all = shares.workers * perTrial;
  // More single-threaded workers than cores get no notice, because a worker sometimes waits for data.
  if (perTrial === 1 || all <= cores) return shares;
  const what =
    shares.workers === 1 ? `${perTrial} threads` : `${shares.workers} workers with ${perTrial} threads each`;
  const notice =
    `notice: ${what} on ${cores} ${cores === 1 ? "core" : "cores"} give the same results, but are slower ` +
    "than one thread per core";
  return { ...shares, notice };
}
