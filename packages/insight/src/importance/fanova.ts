// The importance of hyperparameters. Functional ANOVA divides the variance of the objective over the search
// space into shares of single parameters and of pairs. A random forest, fitted to the trials, approximates
// the objective. The trials should cover the space (grid, random, Sobol). For trials of an adaptive sampler,
// see ped-anova.ts.
import type { Domains, FinishedTrial } from "@nn/sweep";
import { createRng } from "@nn/tensor";

import { encodeTrials } from "./encode-trials.ts";
import { fitRegressionForest } from "./regression-forest.ts";
import { computeTreeEffects, listPairs, type TreeEffects } from "./tree-effects.ts";

/** The shares of the variance of the objective. Together with the shares of larger groups, they sum to 1. */
export interface FanovaShares {
  /** The share of the main effect of each parameter, in the order of the domains. */
  readonly main: ReadonlyMap<string, number>;
  /** The shares of interactions of two parameters, in the order of the domains. */
  readonly pairs: readonly { readonly parameters: readonly [string, string]; readonly share: number }[];
  /**
   * The out-of-bag R² of the forest: how well its trees predict trials that they were not fitted to. If it is
   * near 0 or negative, the shares are meaningless.
   */
  readonly outOfBagR2: number;
}

/** Number of trees, as in Optuna. */
const TREES = 64;

/**
 * Returns the shares of the parameters in the variance of the objective (Hutter, Hoos & Leyton-Brown 2014, An
 * Efficient Approach for Assessing Hyperparameter Importance). Each share is its mean over the trees. Only
 * trials that completed with a finite objective are used, and only parameters that all of them have. On the
 * scale of a domain, all of its values are assumed to be equally likely. The same seed gives the same bits.
 * Throws RangeError if there are fewer than two such trials or their objectives are equal.
 */
export function fanova(
  trials: readonly FinishedTrial[],
  domains: Domains,
  { seed }: { readonly seed: number },
): FanovaShares {
  const used = trials.filter(
    ({ objective, prunedAfter }) => Number.isFinite(objective) && prunedAfter === undefined,
  );
  const objectives = Float64Array.from(used, ({ objective }) => objective!);
  if (used.length < 2 || objectives.every((objective) => objective === objectives[0]))
    throw new RangeError(
      "fanova: at least two completed trials must have different objectives, " +
        `got ${used.length} completed ${used.length === 1 ? "trial" : "trials with equal objectives"}.`,
    );
  const columns = encodeTrials(used, domains);
  // Shifting the objective does not change the shares, but makes the sums more accurate.
  const mean = objectives.reduce((sum, objective) => sum + objective, 0) / objectives.length;
  const targets = objectives.map((objective) => objective - mean);
  const forest = fitRegressionForest(columns, targets, TREES, createRng(seed).fork("fanova"));
  // If all objectives of a bootstrap sample are equal, its tree has no variance to divide.
  const effects = forest.trees
    .map((tree) => computeTreeEffects(tree, columns))
    .filter(({ total }) => total > 0);
  const share = (variance: (tree: TreeEffects) => number): number =>
    effects.reduce((sum, tree) => sum + Math.max(0, variance(tree)) / tree.total, 0) / (effects.length || 1);
  return {
    main: new Map(columns.map(({ name }, index) => [name, share(({ main }) => main[index]!)])),
    pairs: listPairs(columns.length).map(([i, j], pair) => ({
      parameters: [columns[i]!.name, columns[j]!.name],
      share: share(({ pairs }) => pairs[pair]!),
    })),
    outOfBagR2: forest.outOfBagR2,
  };
}
