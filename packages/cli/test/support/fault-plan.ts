import { createRng } from "@nn/tensor";

/** What happens to a sweep, and when. */
export interface Fault {
  readonly what: string;
  /** In [0, 1): how long after the one before. */
  readonly after: number;
  /** In [0, 1): which of several is hit. */
  readonly which: number;
  /** In [0, 1): whatever else there is to choose. */
  readonly how: number;
}

export const KILLS = ["coordinator", "worker", "both"] as const;

/** So many kills, and `others`, so often each, in an order that follows from the seed. */
export function planFaults(kills: number, others: Readonly<Record<string, number>>, seed: number): Fault[] {
  const rng = createRng(seed).fork("faults");
  const names: string[] = Array.from({ length: kills }, () => KILLS[rng.integer(KILLS.length)]!);
  for (const [what, count] of Object.entries(others)) {
    for (let n = 0; n < count; n++) names.splice(rng.integer(names.length + 1), 0, what);
  }
  return names.map((what) => ({ what, after: rng.uniform(), which: rng.uniform(), how: rng.uniform() }));
}
