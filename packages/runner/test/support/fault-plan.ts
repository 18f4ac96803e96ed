/** What happens to a sweep, and when. */
export interface Fault {
  readonly what: string;
  /** Seconds since the one before, or since the sweep began. */
  readonly after: number;
  /** In [0, 1): which of several is hit. */
  readonly which: number;
  /** In [0, 1): whichever else there is to choose. */
  readonly how: number;
}

export const KILLS: readonly string[] = ["coordinator", "worker", "both"];

/** So many kills, and `others`, so often each, in an order that follows from the seed. */
export function planFaults(kills: number, others: Readonly<Record<string, number>>, seed: number): Fault[] {
  let state = seed >>> 0;
  const chance = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = (count: number): number => Math.floor(chance() * count);
  const names = Array.from({ length: kills }, () => KILLS[pick(KILLS.length)] ?? "");
  for (const [what, count] of Object.entries(others)) {
    for (let n = 0; n < count; n++) names.splice(pick(names.length + 1), 0, what);
  }
  return names.map((what) => ({ what, after: 0.3 + 2 * chance(), which: chance(), how: chance() }));
}
