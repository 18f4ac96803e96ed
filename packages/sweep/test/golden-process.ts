import { readFileSync } from "node:fs";

/** One case of golden/gaussian-process.json. */
export interface GoldenProcess {
  readonly places: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly lengths: readonly number[];
  readonly noise: number;
  readonly variance: number;
  readonly at: readonly (readonly number[])[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  /** The variance with the greatest likelihood of the targets, and the logarithm of that likelihood. */
  readonly bestVariance: number;
  readonly logLikelihood: number;
}

// golden/gaussian-process.py writes this file in this shape.
export const goldenProcesses: GoldenProcess[] = JSON.parse(
  readFileSync(new URL("../golden/gaussian-process.json", import.meta.url), "utf8"),
);

/** Whether each dimension is ordered: the first two are, the third is a list. */
export const goldenOrdered = [true, true, false] as const;
