import type { Tensor } from "@nn/tensor";

import { ALIGNMENT, KernelMemory } from "./memory.ts";
import { compileModule, instantiate, type Kernel, type Kernels } from "./module.ts";
import { rangeOf, MIN_THREAD_WORK, type Split } from "./threads/split.ts";
import { Threads } from "./threads/threads.ts";

/** Bytes per number. */
export const FLOAT = 4;
/** Numbers per cache line. No two threads write to the same line. */
export const LINE = 16;

/** What every operation uses: the compiled kernels, their memory, a workspace in it, and the threads. */
export class Engine {
  readonly memory: KernelMemory;
  readonly kernels: Kernels;
  readonly #module: WebAssembly.Module;
  #threads: Threads | undefined;
  #threadCount = 1;
  #worth = MIN_THREAD_WORK;
  /**
   * The workspace of one operation, for packed columns or padded images, as large as any operation has needed
   * so far. `bytes` per thread.
   */
  #room = { address: 0, bytes: 0 };

  constructor(variant: string, pages: number) {
    this.memory = new KernelMemory(pages);
    this.#module = compileModule(variant);
    this.kernels = instantiate(this.#module, this.memory.wasm);
    this.memory.reset(this.kernels.heapBase());
    this.kernels.setOwn(this.memory.allocate(this.kernels.heapBase()));
  }

  /** See WasmBackend.startThreads. */
  async startThreads(count: number, worth = MIN_THREAD_WORK): Promise<void> {
    this.#threads = await Threads.start(count - 1, this.#module, this.memory, this.kernels);
    this.#threadCount = count;
    this.#worth = worth;
  }

  async endThreads(): Promise<void> {
    this.#threadCount = 1;
    await this.#threads?.end();
    this.#threads = undefined;
  }

  /**
   * Runs a kernel, split among the threads if that is worthwhile. `argumentsOf` returns the arguments for the
   * range `from` … `to` − 1 on a thread. One thread computes each element, always in the same order, so no
   * byte depends on the number of threads. Returns the sum of what the kernel returns.
   */
  run<Arguments extends number[]>(
    kernel: Kernel<Arguments>,
    split: Split,
    argumentsOf: (from: number, to: number, thread: number) => [...Arguments],
  ): number {
    const { extent } = split;
    const range = this.#threads === undefined ? extent : rangeOf(split, this.#threadCount, this.#worth);
    if (this.#threads === undefined || range >= extent) return kernel(...argumentsOf(0, extent, 0)) ?? 0;
    const parts: [...Arguments][] = [];
    for (let from = 0; from < extent; from += range) {
      parts.push(argumentsOf(from, Math.min(from + range, extent), parts.length));
    }
    return this.#threads.run(kernel, parts);
  }

  /** See Backend.mark. */
  mark(): () => void {
    const { top } = this.memory;
    const room = this.#room;
    return () => {
      this.memory.reset(top);
      this.#room = room;
    };
  }

  address(tensor: Tensor): number {
    return this.addressOf(tensor.data);
  }

  /**
   * Returns the address of a JavaScript array in the kernels' memory. Throws TypeError for an array in other
   * memory.
   */
  addressOf(array: Tensor["data"] | Int32Array | Uint8Array): number {
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
   * Returns the address of at least `bytes` bytes of workspace for a thread. All threads get the same size.
   */
  memoryFor(bytes: number, thread: number): number {
    if (bytes > this.#room.bytes) {
      const rounded = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
      this.#room = { address: this.memory.allocate(rounded * this.#threadCount), bytes: rounded };
    }
    return this.#room.address + thread * this.#room.bytes;
  }
}

/** Returns the extent of the last axis. */
export function columnsOfLast({ shape }: Tensor): number {
  return shape[shape.length - 1]!;
}

/** Returns the number of columns of a tensor seen as a matrix (first axis, product of the others). */
export function columnsOf(tensor: Tensor): number {
  return tensor.data.length / tensor.shape[0]!;
}
