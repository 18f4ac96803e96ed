import type { NonZeros, Tensor } from "@nn/tensor";

import type { KernelMemory } from "./memory.ts";
import type { Kernels } from "./module.ts";

/** Lists in the kernels' memory, as assembly/sparse.ts has them. */
export interface Lists {
  readonly starts: number;
  readonly indices: number;
  readonly values: number;
}

// Where lists beat the dense product; bench/kernels.ts prints both sides of each number.
/** At or below this share of non-zeros, where lists win clearly and their memory is bounded … */
const WORTH_LISTING = 1 / 3;
/** … and for products of at least this many columns: what it takes to find the non-zeros must be won back. */
export const WORTH_LISTING_FROM = 32;

/** A row is listed whole, and four at a time, before the limit is looked at. */
function entriesOfLists(rows: number, columns: number): number {
  return Math.floor(rows * (columns * WORTH_LISTING)) + columns + 4;
}

/**
 * What the lists of a matrix of at most `rows` × `columns` take: starts, indices and values, by row and by
 * column.
 */
export function bytesOfLists(rows: number, columns: number): number {
  return 4 * (rows + columns + 2 + 4 * entriesOfLists(rows, columns));
}

/** The non-zeros of one matrix, kept as lists a row and, once somebody asks, as lists a column. */
export class ListedNonZeros implements NonZeros {
  readonly #kernels: Kernels;
  readonly #columns: number;
  readonly #limitPerRow: number;
  readonly #byRow: Lists;
  readonly #byColumn: Lists;
  #rows = 0;
  #listed = false;
  #transposed = false;

  /** Room for `rows` × `columns`. */
  constructor(kernels: Kernels, memory: KernelMemory, rows: number, columns: number) {
    this.#kernels = kernels;
    this.#columns = columns;
    this.#limitPerRow = columns * WORTH_LISTING;
    const entries = entriesOfLists(rows, columns);
    const place = (starts: number): Lists => ({
      starts: memory.allocate(4 * starts),
      indices: memory.allocate(4 * entries),
      values: memory.allocate(4 * entries),
    });
    this.#byRow = place(rows + 1);
    this.#byColumn = place(columns + 1);
  }

  find(x: Tensor): void {
    this.#rows = x.data.length / this.#columns;
    const limit = Math.floor(this.#rows * this.#limitPerRow);
    const { starts, indices, values } = this.#byRow;
    const found = this.#kernels.listNonZeros(
      x.data.byteOffset,
      this.#rows,
      this.#columns,
      limit,
      starts,
      indices,
      values,
    );
    this.#listed = found <= limit;
    this.#transposed = false;
  }

  /**
   * The lists of the matrix or of its transpose; undefined when there are too many non-zeros to be worth it.
   */
  lists(transpose: boolean): Lists | undefined {
    if (!this.#listed) return undefined;
    if (!transpose) return this.#byRow;
    if (!this.#transposed) {
      const { starts, indices, values } = this.#byRow;
      const byColumn = this.#byColumn;
      this.#kernels.transposeLists(
        starts,
        indices,
        values,
        this.#rows,
        this.#columns,
        byColumn.starts,
        byColumn.indices,
        byColumn.values,
      );
      this.#transposed = true;
    }
    return this.#byColumn;
  }
}
