// Trials as numbers: each parameter is a column of positions in [0, 1], in which every value of its domain is
// equally likely. So a parameter with a log scale is measured on it.
import { toDimension, type Dimension, type Domains, type FinishedTrial } from "@nn/sweep";

/** A parameter and its values. */
export interface ParameterColumn {
  readonly name: string;
  readonly dimension: Dimension;
  /** One position in [0, 1] per trial: the middle of the cell of its value. */
  readonly positions: Float64Array;
}

/**
 * Returns one column per parameter that exists in every trial, in the order of the domains. A conditional
 * parameter has none.
 */
export function encodeTrials(trials: readonly FinishedTrial[], domains: Domains): ParameterColumn[] {
  return Object.entries(domains)
    .filter(([name]) => trials.every(({ parameters }) => parameters[name] !== undefined))
    .map(([name, domain]) => {
      const dimension = toDimension(domain);
      const positions = Float64Array.from(trials, ({ parameters }) => {
        const { from, to } = dimension.interval(parameters[name]);
        return (from + to) / 2;
      });
      return { name, dimension, positions };
    });
}
