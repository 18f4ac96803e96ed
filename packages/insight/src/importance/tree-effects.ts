// The functional ANOVA of one regression tree. It is exact, because a tree is constant in boxes of the space.
import type { PositionInterval } from "./tree-split.ts";
import type { ParameterColumn } from "./encode-trials.ts";
import type { TreeNode } from "./regression-forest.ts";

/** Variances of a tree over the space, in which all positions are equally likely. */
export interface TreeEffects {
  readonly total: number;
  /** The variance of the main effect of each column. */
  readonly main: readonly number[];
  /** The variance of the interaction of each pair of columns, in the order of `listPairs`. */
  readonly pairs: readonly number[];
}

/** Returns the pairs of `count` columns: (0, 1), (0, 2), …, (1, 2), … */
export function listPairs(count: number): [number, number][] {
  const indices = Array.from({ length: count }, (_, index) => index);
  return indices.flatMap((i) => indices.slice(i + 1).map((j): [number, number] => [i, j]));
}

/**
 * Returns the variances of a tree (Hutter, Hoos & Leyton-Brown 2014, algorithm 2). They are V_i = Var f_i and
 * V_ij = Var f_ij − V_i − V_j. Here f_i(x) is the mean of the tree at x_i = x over all other columns, and
 * f_ij is the same for two columns.
 */
export function computeTreeEffects(tree: TreeNode, columns: readonly ParameterColumn[]): TreeEffects {
  const found = boxesOf(
    tree,
    columns.map(({ dimension }) => wholeSide(dimension)),
  );
  const mean = found.reduce((sum, { value, lengths }) => sum + value * product(lengths), 0);
  const boxes = found.map(({ value, sides, lengths }) => ({ value: value - mean, sides, lengths }));
  const grids = columns.map((_, column) => gridOf(boxes, column));
  const main = columns.map((_, column) => varianceOfMain(boxes, column, grids[column]!));
  return {
    total: boxes.reduce((sum, { value, lengths }) => sum + value ** 2 * product(lengths), 0),
    main,
    pairs: listPairs(columns.length).map(
      ([i, j]) => varianceOfPair(boxes, [i, j], [grids[i]!, grids[j]!]) - main[i]! - main[j]!,
    ),
  };
}

/**
 * The region of the search space that one leaf covers, and the value that the tree predicts there. For a
 * categorical parameter, a side of the box may consist of several intervals.
 */
interface Box {
  readonly value: number;
  readonly sides: readonly (readonly PositionInterval[])[];
  readonly lengths: readonly number[];
}

function boxesOf(node: TreeNode, sides: readonly (readonly PositionInterval[])[]): Box[] {
  if (node.split === undefined) {
    const lengths = sides.map((intervals) => intervals.reduce((sum, { from, to }) => sum + to - from, 0));
    return [{ value: node.value, sides, lengths }];
  }
  const { column } = node.split;
  const { below, above } = node.split.divide(sides[column]!);
  return [
    ...boxesOf(node.below, sides.with(column, below)),
    ...boxesOf(node.above, sides.with(column, above)),
  ];
}

function wholeSide({ ordered, size = 1 }: ParameterColumn["dimension"]): readonly PositionInterval[] {
  if (ordered) return [{ from: 0, to: 1 }];
  return Array.from({ length: size }, (_, entry) => ({ from: entry / size, to: (entry + 1) / size }));
}

/** The cells of a column between the edges of all boxes. The marginals are constant in each cell. */
interface Grid {
  /** The index of the cell that begins at each edge. */
  readonly cellAt: ReadonlyMap<number, number>;
  readonly widths: readonly number[];
}

function gridOf(boxes: readonly Box[], column: number): Grid {
  const edges = new Set([0, 1]);
  for (const { sides } of boxes) for (const { from, to } of sides[column]!) edges.add(from).add(to);
  const sorted = [...edges].sort((a, b) => a - b);
  return {
    cellAt: new Map(sorted.map((edge, cell) => [edge, cell])),
    widths: sorted.slice(1).map((edge, cell) => edge - sorted[cell]!),
  };
}

function varianceOfMain(boxes: readonly Box[], column: number, { cellAt, widths }: Grid): number {
  // Each box adds to a range of cells. Only the ends of the range are written; a running sum fills the rest.
  const ends = new Float64Array(widths.length + 1);
  for (const { value, sides, lengths } of boxes) {
    const share = value * product(lengths.toSpliced(column, 1));
    for (const { from, to } of sides[column]!) {
      ends[cellAt.get(from)!]! += share;
      ends[cellAt.get(to)!]! -= share;
    }
  }
  let marginal = 0;
  return widths.reduce((sum, width, cell) => sum + width * (marginal += ends[cell]!) ** 2, 0);
}

function varianceOfPair(
  boxes: readonly Box[],
  [i, j]: readonly [number, number],
  [first, second]: readonly [Grid, Grid],
): number {
  // As in one dimension: only the corners of rectangles are written; running sums in both directions fill the
  // rest.
  const stride = second.widths.length + 1;
  const corners = new Float64Array((first.widths.length + 1) * stride);
  for (const { value, sides, lengths } of boxes) {
    const share = value * product(lengths.filter((_, side) => side !== i && side !== j));
    for (const vertical of sides[i]!) {
      const [top, bottom] = [
        first.cellAt.get(vertical.from)! * stride,
        first.cellAt.get(vertical.to)! * stride,
      ];
      for (const horizontal of sides[j]!) {
        const [left, right] = [second.cellAt.get(horizontal.from)!, second.cellAt.get(horizontal.to)!];
        corners[top + left]! += share;
        corners[top + right]! -= share;
        corners[bottom + left]! -= share;
        corners[bottom + right]! += share;
      }
    }
  }
  let variance = 0;
  const marginal = new Float64Array(stride);
  for (const [row, height] of first.widths.entries()) {
    let along = 0;
    for (const [cell, width] of second.widths.entries()) {
      marginal[cell]! += along += corners[row * stride + cell]!;
      variance += height * width * marginal[cell]! ** 2;
    }
  }
  return variance;
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((result, length) => result * length, 1);
}
