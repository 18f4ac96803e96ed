import { createReferenceBackend, countElements, type Backend, type Window } from "@nn/tensor";

import { computeConvolutionWorkspaceBytes } from "./convolution.ts";
import { computeSparseBytes, MIN_SPARSE_COLUMNS } from "./sparse-matrix.ts";

/**
 * Returns the number of bytes of the kernels' memory that `build` would allocate. Calls `build` with a
 * backend that counts allocations and returns empty tensors. The result is slightly too low, by about 1 % for
 * a large network: it omits the gaps between buffers and the columns that a matrix product packs.
 */
export function estimateMemoryBytes(build: (backend: Backend) => void): number {
  let bytes = 0;
  let workspaceBytes = 0;
  const counting = Object.assign(createReferenceBackend("float32"), {
    allocate: (shape: readonly number[]) => {
      bytes += 4 * countElements(shape);
      return { shape, data: new Float32Array(0) };
    },
    allocateIntegers: (length: number) => {
      bytes += 4 * length;
      return new Int32Array(0);
    },
    allocateBytes: (length: number) => {
      bytes += length;
      return new Uint8Array(0);
    },
    createSparsityPattern: (rows: number, columns: number, width: number) => {
      if (width >= MIN_SPARSE_COLUMNS) bytes += computeSparseBytes(rows, columns);
      return { find() {} };
    },
    // All convolutions share one workspace. A convolution that needs a larger one allocates a new one.
    prepareConvolution: (window: Window, groups: number, channels: number, filters: number) => {
      const need = computeConvolutionWorkspaceBytes(window, groups, channels, filters);
      if (need <= workspaceBytes) return;
      workspaceBytes = need;
      bytes += need;
    },
  });
  build(counting);
  return bytes;
}
