// A random forest for regression (Breiman 2001), with the settings of Optuna's fANOVA: fully grown trees of
// bootstrap samples, and all columns at every node. The package ml-random-forest 2.1 splits only numbers, so
// it would treat categories as ordered.
import type { Rng } from "@nn/tensor";

import { findBestSplit, type TreeSplit } from "./tree-split.ts";
import type { ParameterColumn } from "./encode-trials.ts";

/** A node: a leaf, or a split with a subtree on each side. */
export type TreeNode =
  | { readonly value: number; readonly split?: undefined }
  | { readonly split: TreeSplit; readonly below: TreeNode; readonly above: TreeNode };

/** A forest and its accuracy. */
export interface RegressionForest {
  readonly trees: readonly TreeNode[];
  /**
   * Out-of-bag R²: 1 − MSE / variance of the targets, where each row is predicted by the trees that were not
   * fitted to it. At most 1; 0 or less if the forest predicts no better than the mean.
   */
  readonly outOfBagR2: number;
}

/** Fits a forest that predicts the targets from the columns. The targets must not all be equal. */
export function fitRegressionForest(
  columns: readonly ParameterColumn[],
  targets: Float64Array,
  count: number,
  rng: Rng,
): RegressionForest {
  const rows = targets.length;
  const sums = new Float64Array(rows);
  const votes = new Int32Array(rows);
  const trees = Array.from({ length: count }, (_, index) => {
    const own = rng.fork(index);
    const sample = Array.from({ length: rows }, () => own.integer(rows));
    const tree = growTree(columns, targets, sample, own);
    const seen = new Set(sample);
    for (let row = 0; row < rows; row++) {
      if (seen.has(row)) continue;
      sums[row]! += predict(tree, columns, row);
      votes[row]!++;
    }
    return tree;
  });
  return { trees, outOfBagR2: rSquared(targets, sums, votes) };
}

function growTree(
  columns: readonly ParameterColumn[],
  targets: Float64Array,
  rows: readonly number[],
  rng: Rng,
): TreeNode {
  const first = targets[rows[0]!]!;
  const split = rows.every((row) => targets[row] === first)
    ? undefined
    : chooseCut(columns, targets, rows, rng);
  if (split === undefined) return { value: rows.reduce((sum, row) => sum + targets[row]!, 0) / rows.length };
  const { positions } = columns[split.column]!;
  const [below, above] = [true, false].map((side) =>
    growTree(
      columns,
      targets,
      rows.filter((row) => split.isBelow(positions[row]!) === side),
      rng,
    ),
  );
  return { split, below: below!, above: above! };
}

/**
 * Returns the best split of all columns, which are tried in random order. If a node has two rows, every
 * column in which they differ splits them equally well. A fixed order would make the first column seem
 * important.
 */
function chooseCut(
  columns: readonly ParameterColumn[],
  targets: Float64Array,
  rows: readonly number[],
  rng: Rng,
): TreeSplit | undefined {
  const order = Int32Array.from(columns.keys());
  rng.shuffle(order);
  let best: ReturnType<typeof findBestSplit>;
  for (const column of order) {
    const found = findBestSplit(columns, column, targets, rows);
    if (found !== undefined && (best === undefined || found.gain > best.gain)) best = found;
  }
  return best?.split;
}

function predict(tree: TreeNode, columns: readonly ParameterColumn[], row: number): number {
  let node = tree;
  while (node.split !== undefined) {
    const position = columns[node.split.column]!.positions[row]!;
    node = node.split.isBelow(position) ? node.below : node.above;
  }
  return node.value;
}

function rSquared(targets: Float64Array, sums: Float64Array, votes: Int32Array): number {
  const judged = Array.from(targets.keys()).filter((row) => votes[row]! > 0);
  const mean = judged.reduce((sum, row) => sum + targets[row]!, 0) / judged.length;
  const squares = (error: (row: number) => number): number =>
    judged.reduce((sum, row) => sum + error(row) ** 2, 0);
  return (
    1 - squares((row) => targets[row]! - sums[row]! / votes[row]!) / squares((row) => targets[row]! - mean)
  );
}
