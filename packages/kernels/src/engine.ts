import type { Tensor } from "@nn/tensor";

import { ALIGNMENT, KernelMemory } from "./memory.ts";
import { compileModule, instantiateKernels, type Kernel, type Kernels } from "./module.ts";
import { computeRangeLength, MIN_THREAD_WORK, type Split } from "./threads/split.ts";
import { ThreadPool } from "./threads/thread-pool.ts";

/** Bytes per number. */
export const BYTES_PER_FLOAT = 4;
/**
 * Numbers per cache line. Splits by number or column use it as their grain, so that no two threads write to
 * the same line.
 */
export const FLOATS_PER_CACHE_LINE = 16;

/** Threads that share the operations of a backend; see WasmBackend.reserveThreads. */
export interface Threads {
  /** Number of threads, including the calling one. */
  readonly count: number;
  /** Starts the other threads, once. Rejects if one does not start. */
  start(): Promise<void>;
  /**
   * Splits all further operations among `threads` threads. If this is more than 1, `start` must have
   * resolved.
   */
  use(threads: number): void;
  /** Ends the other threads. They also end with the process. */
  end(): Promise<void>;
}

/**
 * The environment of every operation: the compiled kernels, their memory with a workspace, and the threads.
 */
export class Engine {
  readonly memory: KernelMemory;
  readonly kernels: Kernels;
  readonly #module: WebAssembly.Module;
  #threads: ThreadPool | undefined;
  /** Number of threads among which operations are split. */
  #threadCount = 1;
  /** Number of threads that have memory. */
  #reserved = 1;
  #minWork = MIN_THREAD_WORK;
  /**
   * The workspace for the temporary data of an operation, such as packed columns or padded images. Operations
   * share it. It has `bytes` bytes per thread, the largest size that an operation has needed so far.
   */
  #workspace = { address: 0, bytes: 0 };

  constructor(variant: string, pages: number) {
    this.memory = new KernelMemory(pages);
    this.#module = compileModule(variant);
    this.kernels = instantiateKernels(this.#module, this.memory.wasm);
    this.memory.reset(this.kernels.heapBase());
    this.kernels.setOwn(this.memory.allocate(this.kernels.heapBase()));
  }

  /** See WasmBackend.reserveThreads. */
  reserveThreads(count: number, minWork = MIN_THREAD_WORK): Threads {
    const pool = new ThreadPool(count - 1, this.#module, this.memory, this.kernels);
    let started: Promise<void> | undefined;
    this.#reserved = count;
    this.#workspace = { address: 0, bytes: 0 };
    this.#minWork = minWork;
    return {
      count,
      start: () => (started ??= pool.start()),
      use: (threads) => {
        this.#threads = threads > 1 ? pool : undefined;
        this.#threadCount = threads;
      },
      end: async () => {
        this.#threads = undefined;
        await pool.end();
      },
    };
  }

  /**
   * Runs a kernel, split among the threads if the operation is large enough. `getArguments` returns the
   * kernel's arguments for the range `from` … `to` − 1 on a thread. Each element is computed by one thread,
   * in the same order as without threads, so the results do not depend on the number of threads. Returns the
   * sum of the kernel's return values.
   */
  run<Arguments extends number[]>(
    kernel: Kernel<Arguments>,
    split: Split,
    getArguments: (from: number, to: number, thread: number) => [...Arguments],
  ): number {
    const { extent } = split;
    const range =
      this.#threads === undefined ? extent : computeRangeLength(split, this.#threadCount, this.#minWork);
    if (this.#threads === undefined || range >= extent) return kernel(...getArguments(0, extent, 0)) ?? 0;
    const parts: [...Arguments][] = [];
    for (let from = 0; from < extent; from += range) {
      parts.push(getArguments(from, Math.min(from + range, extent), parts.length));
    }
    return this.#threads.run(kernel, parts);
  }

  /** See Backend.mark. */
  mark(): () => void {
    const { top } = this.memory;
    const workspace = this.#workspace;
    return () => {
      this.memory.reset(top);
      this.#workspace = workspace;
    };
  }

  address(tensor: Tensor): number {
    return this.arrayAddress(tensor.data);
  }

  /**
   * Returns the address of an array in the kernels' memory. Throws TypeError if the array is in other memory.
   */
  arrayAddress(array: Tensor["data"] | Int32Array | Uint8Array): number {
    if (array.buffer !== this.memory.buffer) {
      throw new TypeError(
        "kernels: an array is not in the kernels' memory. " +
          "Make tensors with backend.allocate, labels and indices with backend.allocateIntegers, bytes " +
          "with backend.allocateBytes.",
      );
    }
    return array.byteOffset;
  }

  /**
   * Returns the address of a thread's workspace, which has at least `bytes` bytes. All threads have
   * workspaces of the same size.
   */
  workspace(bytes: number, thread: number): number {
    if (bytes > this.#workspace.bytes) {
      const rounded = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
      this.#workspace = { address: this.memory.allocate(rounded * this.#reserved), bytes: rounded };
    }
    return this.#workspace.address + thread * this.#workspace.bytes;
  }
}

/** Returns the size of the last axis. */
export function getLastAxisSize({ shape }: Tensor): number {
  return shape[shape.length - 1]!;
}

/** Returns the number of columns of a tensor seen as a matrix (first axis, product of the others). */
export function countColumns(tensor: Tensor): number {
  return tensor.data.length / tensor.shape[0]!;
}
