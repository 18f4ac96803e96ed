import type { NonZeros, Tensor } from "@nn/tensor";

import type { KernelMemory } from "./memory.ts";
import type { Kernels } from "./module.ts";

/** Addresses of lists in the kernels' memory, in the format of assembly/sparse.ts. */
export interface Lists {
  readonly starts: number;
  readonly indices: number;
  readonly values: number;
}

// When lists are faster than the dense product. bench/kernels.ts measures both sides of each limit.
/** The largest share of non-zeros for which lists are used. It also bounds their memory. */
const WORTH_LISTING = 1 / 3;
/** The fewest columns of a product for which lists are used: finding the non-zeros must pay off. */
export const MIN_SPARSE_COLUMNS = 32;

/**
 * The limit is checked after a whole row, and entries are written four at a time, so more space is needed.
 */
function entriesOfLists(rows: number, columns: number): number {
  return Math.floor(rows * (columns * WORTH_LISTING)) + columns + 4;
}

/**
 * Returns the bytes of the lists of a matrix of at most `rows` × `columns`: starts, indices and values, by
 * row and by column.
 */
export function sparseBytes(rows: number, columns: number): number {
  return 4 * (rows + columns + 2 + 4 * entriesOfLists(rows, columns));
}

/** The non-zeros of one matrix, as one list per row and, once requested, one list per column. */
export class SparseMatrix implements NonZeros {
  readonly #kernels: Kernels;
  readonly #columns: number;
  readonly #limitPerRow: number;
  readonly #byRow: Lists;
  readonly #byColumn: Lists;
  #rows = 0;
  #listed = false;
  #transposed = false;

  /** Allocates space for the lists of a matrix of at most `rows` × `columns`. */
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

  /** Returns the lists of the matrix or of its transpose; undefined if there are too many non-zeros. */
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
