// Finds the best split of the rows of a node in a regression tree.
import type { ParameterColumn } from "./encode-trials.ts";

/** An interval of positions, in [0, 1]. */
export interface PositionInterval {
  readonly from: number;
  readonly to: number;
}

/** Divides the positions of one parameter. */
export interface TreeSplit {
  /** Index of the column. */
  readonly column: number;
  isBelow(position: number): boolean;
  /** Returns the parts of the spans below and above the cut. */
  divide(spans: readonly PositionInterval[]): {
    readonly below: readonly PositionInterval[];
    readonly above: readonly PositionInterval[];
  };
}

/** Rows in the order in which a cut may divide them: each group stays together. */
interface Group {
  readonly position: number;
  readonly count: number;
  readonly sum: number;
}

/**
 * Returns the cut of a column that reduces the squared error of the rows the most, and this reduction.
 * Returns undefined if all rows have the same position. The positions of an ordered parameter are cut halfway
 * between two of them. The entries of a list are ordered by their mean target and cut in this order, which
 * gives the best division into two subsets (Breiman et al. 1984, theorem 4.5). Entries without rows follow
 * the larger part.
 */
export function findBestSplit(
  columns: readonly ParameterColumn[],
  column: number,
  targets: Float64Array,
  rows: readonly number[],
): { readonly cut: TreeSplit; readonly gain: number } | undefined {
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
    return { cut: thresholdCut(column, threshold), gain: best.gain };
  }
  const [below, above] = [groups.slice(0, best.after), groups.slice(best.after)];
  const absentBelow = best.rowsBelow * 2 > rows.length;
  return { cut: entryCut(column, absentBelow ? above : below, absentBelow), gain: best.gain };
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

function thresholdCut(column: number, threshold: number): TreeSplit {
  return {
    column,
    isBelow: (position) => position <= threshold,
    divide: (spans) => ({
      below: spans
        .filter(({ from }) => from < threshold)
        .map(({ from, to }) => ({ from, to: Math.min(to, threshold) })),
      above: spans
        .filter(({ to }) => to > threshold)
        .map(({ from, to }) => ({ from: Math.max(from, threshold), to })),
    }),
  };
}

/** The listed entries are above the cut if all others are below it, and the other way round. */
function entryCut(column: number, entries: readonly Group[], othersBelow: boolean): TreeSplit {
  const listed = new Set(entries.map(({ position }) => position));
  const isBelow = (position: number): boolean => listed.has(position) !== othersBelow;
  // The spans of a list are its cells, with the positions of its entries in the middle.
  const middle = ({ from, to }: PositionInterval): number => (from + to) / 2;
  return {
    column,
    isBelow,
    divide: (spans) => ({
      below: spans.filter((span) => isBelow(middle(span))),
      above: spans.filter((span) => !isBelow(middle(span))),
    }),
  };
}
