import { createRng } from "@nn/tensor";

/** A fault during a sweep, and when it happens. */
export interface Fault {
  readonly what: string;
  /** Time since the previous fault, in [0, 1). */
  readonly after: number;
  /** Which of several processes is affected, in [0, 1). */
  readonly which: number;
  /** Any other random choice, in [0, 1). */
  readonly how: number;
}

export const KILL_TARGETS = ["coordinator", "worker", "both"] as const;

/**
 * Returns this number of kills and of each of the other faults, in a random order that depends on the seed.
 */
export function planFaults(kills: number, others: Readonly<Record<string, number>>, seed: number): Fault[] {
  const rng = createRng(seed).fork("faults");
  const names: string[] = Array.from(
    { length: kills },
    () => KILL_TARGETS[rng.integer(KILL_TARGETS.length)]!,
  );
  for (const [what, count] of Object.entries(others)) {
    for (let n = 0; n < count; n++) names.splice(rng.integer(names.length + 1), 0, what);
  }
  return names.map((what) => ({ what, after: rng.uniform(), which: rng.uniform(), how: rng.uniform() }));
}
