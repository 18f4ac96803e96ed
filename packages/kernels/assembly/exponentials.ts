import { expOfNegative2 } from "./elementary";

/** Replaces each float64 number x from `at` to `end`, four at a time, by e^x. x ≤ 0 or NaN; see expOfNegative2. */
export function exponentials(at: usize, end: usize): void {
  for (; at < end; at += 32) {
    const e0 = expOfNegative2(v128.load(at, 0)), e1 = expOfNegative2(v128.load(at, 16));
    v128.store(at, e0, 0); v128.store(at, e1, 16);
  }
}
