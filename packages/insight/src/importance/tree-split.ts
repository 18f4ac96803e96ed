// Finds the best split of the rows of a node in a regression tree.
import type { ParameterColumn } from "./encode-trials.ts";

/** An interval of positions, in [0, 1]. */
export interface PositionInterval {
  readonly from: number;
  readonly to: number;
}

/** A split of the positions of one parameter. */
export interface TreeSplit {
  /** Index of the column. */
  readonly column: number;
  isBelow(position: number): boolean;
  /** Returns the parts of the intervals below and above the split. */
  divide(intervals: readonly PositionInterval[]): {
    readonly below: readonly PositionInterval[];
    readonly above: readonly PositionInterval[];
  };
}

/** Rows in the order in which a split may divide them. The rows of a group stay together. */
interface Group {
  readonly position: number;
  readonly count: number;
  readonly sum: number;
}

/**
 * Returns the split of a column that reduces the squared error of the rows the most, and this reduction.
 * Returns undefined if all rows have the same position. An ordered parameter is split halfway between two
 * positions. The categories of a categorical parameter are sorted by their mean target and split in this
 * order, which gives the best division into two subsets (Breiman et al. 1984, theorem 4.5). Categories
 * without rows go to the larger side.
 */
export function findBestSplit(
  columns: readonly ParameterColumn[],
  column: number,
  targets: Float64Array,
  rows: readonly number[],
): { readonly split: TreeSplit; readonly gain: number } | undefined {
  const { dimension, positions } = columns[column]!;
  const groups = groupRows(positions, targets, rows);
  if (groups.length < 2) return undefined;
  groups.sort(
    dimension.ordered
      ? (a, b) => a.position - b.position
      : (a, b) => a.sum / a.count - b.sum / b.count || a.position - b.position,
  );
  const sum = groups.reduce((total, group) => total + group.sum, 0);
  let best = { gain: -Infinity, after: 0, rowsBelow: 0 };
  let [countBelow, sumBelow] = [0, 0];
  for (let after = 1; after < groups.length; after++) {
    countBelow += groups[after - 1]!.count;
    sumBelow += groups[after - 1]!.sum;
    // Σ(y − mean)² decreases by n₁·mean₁² + n₂·mean₂² − n·mean².
    const countAbove = rows.length - countBelow;
    const gain = sumBelow ** 2 / countBelow + (sum - sumBelow) ** 2 / countAbove - sum ** 2 / rows.length;
    if (gain > best.gain) best = { gain, after, rowsBelow: countBelow };
  }
  if (dimension.ordered) {
    const threshold = (groups[best.after - 1]!.position + groups[best.after]!.position) / 2;
    return { split: createThresholdSplit(column, threshold), gain: best.gain };
  }
  const [below, above] = [groups.slice(0, best.after), groups.slice(best.after)];
  const absentBelow = best.rowsBelow * 2 > rows.length;
  return { split: createCategorySplit(column, absentBelow ? above : below, absentBelow), gain: best.gain };
}

function groupRows(positions: Float64Array, targets: Float64Array, rows: readonly number[]): Group[] {
  const groups = new Map<number, { position: number; count: number; sum: number }>();
  for (const row of rows) {
    const position = positions[row]!;
    const group = groups.get(position);
    if (group === undefined) groups.set(position, { position, count: 1, sum: targets[row]! });
    else {
      group.count++;
      group.sum += targets[row]!;
    }
  }
  return [...groups.values()];
}

function createThresholdSplit(column: number, threshold: number): TreeSplit {
  return {
    column,
    isBelow: (position) => position <= threshold,
    divide: (intervals) => ({
      below: intervals
        .filter(({ from }) => from < threshold)
        .map(({ from, to }) => ({ from, to: Math.min(to, threshold) })),
      above: intervals
        .filter(({ to }) => to > threshold)
        .map(({ from, to }) => ({ from: Math.max(from, threshold), to })),
    }),
  };
}

/** The listed categories are above the split if all others are below it, and vice versa. */
function createCategorySplit(column: number, categories: readonly Group[], othersBelow: boolean): TreeSplit {
  const listed = new Set(categories.map(({ position }) => position));
  const isBelow = (position: number): boolean => listed.has(position) !== othersBelow;
  // The intervals of a categorical parameter are those of its categories, with their positions in the middle.
  const middle = ({ from, to }: PositionInterval): number => (from + to) / 2;
  return {
    column,
    isBelow,
    divide: (intervals) => ({
      below: intervals.filter((interval) => isBelow(middle(interval))),
      above: intervals.filter((interval) => !isBelow(middle(interval))),
    }),
  };
}
