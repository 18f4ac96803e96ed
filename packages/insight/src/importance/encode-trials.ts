// Encodes trials as numbers: each parameter becomes a column of positions in [0, 1]. All values of its domain
// are equally likely positions, so a parameter with a log scale is encoded on that scale.
import { toDimension, type Dimension, type Domains, type FinishedTrial } from "@nn/sweep";

/** A parameter and its values. */
export interface ParameterColumn {
  readonly name: string;
  readonly dimension: Dimension;
  /** One position in [0, 1] per trial: the midpoint of the interval of its value. */
  readonly positions: Float64Array;
}

/**
 * Returns one column per parameter that exists in every trial, in the order of the domains. A conditional
 * parameter that some trials lack has no column.
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
