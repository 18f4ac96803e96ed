import type { SparsityPattern, Tensor } from "@nn/tensor";

import type { KernelMemory } from "./memory.ts";
import type { Kernels } from "./module.ts";

/** Addresses of a sparse matrix in the kernels' memory, in CSR format (see assembly/sparse.ts). */
export interface SparseMatrixAddresses {
  readonly starts: number;
  readonly entries: number;
}

/** A column and a number. */
const BYTES_PER_ENTRY = 8;

// Within these limits, sparse products are faster than dense products. bench/kernels.ts measures products on
// both sides of each limit.
/** Maximum density (fraction of non-zeros) for sparse products. It also limits their memory. */
const MAX_DENSITY = 1 / 3;
/** Minimum number of columns of a product for which finding the non-zeros is worthwhile. */
export const MIN_SPARSE_COLUMNS = 32;

/**
 * Returns the capacity in entries. It exceeds the limit, because the limit is only checked after each row and
 * entries are written four at a time.
 */
function computeEntryCapacity(rows: number, columns: number): number {
  return Math.floor(rows * (columns * MAX_DENSITY)) + columns + 4;
}

/**
 * Returns the bytes that `SparseMatrix` allocates for a matrix of at most `rows` × `columns`: starts and
 * entries, by row and by column.
 */
export function computeSparseBytes(rows: number, columns: number): number {
  return 4 * (rows + columns + 2) + 2 * BYTES_PER_ENTRY * computeEntryCapacity(rows, columns);
}

/** The non-zeros of one matrix by row (CSR) and, after the first request, by column (CSC). */
export class SparseMatrix implements SparsityPattern {
  readonly #kernels: Kernels;
  readonly #columns: number;
  readonly #limitPerRow: number;
  readonly #byRow: SparseMatrixAddresses;
  readonly #byColumn: SparseMatrixAddresses;
  #rows = 0;
  #isSparse = false;
  #transposed = false;

  /** Allocates memory for the non-zeros of a matrix of at most `rows` × `columns`. */
  constructor(kernels: Kernels, memory: KernelMemory, rows: number, columns: number) {
    this.#kernels = kernels;
    this.#columns = columns;
    this.#limitPerRow = columns * MAX_DENSITY;
    const entries = computeEntryCapacity(rows, columns);
    const allocate = (starts: number): SparseMatrixAddresses => ({
      starts: memory.allocate(4 * starts),
      entries: memory.allocate(BYTES_PER_ENTRY * entries),
    });
    this.#byRow = allocate(rows + 1);
    this.#byColumn = allocate(columns + 1);
  }

  find(x: Tensor): void {
    this.#rows = x.data.length / this.#columns;
    const limit = Math.floor(this.#rows * this.#limitPerRow);
    const { starts, entries } = this.#byRow;
    const found = this.#kernels.listNonZeros(
      x.data.byteOffset,
      this.#rows,
      this.#columns,
      limit,
      starts,
      entries,
    );
    this.#isSparse = found <= limit;
    this.#transposed = false;
  }

  /** Returns the non-zeros of the matrix or of its transpose, or undefined if there are too many of them. */
  getAddresses(transpose: boolean): SparseMatrixAddresses | undefined {
    if (!this.#isSparse) return undefined;
    if (!transpose) return this.#byRow;
    if (!this.#transposed) {
      const { starts, entries } = this.#byRow;
      const byColumn = this.#byColumn;
      this.#kernels.transposeLists(
        starts,
        entries,
        this.#rows,
        this.#columns,
        byColumn.starts,
        byColumn.entries,
      );
      this.#transposed = true;
    }
    return this.#byColumn;
  }
}
