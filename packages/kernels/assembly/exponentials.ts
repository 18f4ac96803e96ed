import { exp2lanes } from "./elementary";

/** Replaces each float64 number x from `at` to `end`, four at a time, by e^x. */
export function exponentials(at: usize, end: usize): void {
  for (; at < end; at += 32) {
    const e0 = exp2lanes(v128.load(at, 0)), e1 = exp2lanes(v128.load(at, 16));
    v128.store(at, e0, 0); v128.store(at, e1, 16);
  }
}
