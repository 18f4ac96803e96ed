import type { Tensor } from "@nn/tensor";

import { ALIGNMENT, KernelMemory } from "./memory.ts";
import { compileModule, instantiate, type Kernel, type Kernels } from "./module.ts";
import { rangeOf, WORTH_SPLITTING, type Split } from "./threads/split.ts";
import { Threads } from "./threads/threads.ts";

/** Bytes of a number. */
export const FLOAT = 4;
/** Numbers in a cache line: no two threads write to the same one. */
export const LINE = 16;

/**
 * What every operation works with: the compiled kernels, their memory, room there for workings, and the
 * threads.
 */
export class Engine {
  readonly memory: KernelMemory;
  readonly kernels: Kernels;
  readonly #module: WebAssembly.Module;
  #threads: Threads | undefined;
  #threadCount = 1;
  #worth = WORTH_SPLITTING;
  /**
   * Room for the workings of one operation, as large as any has needed so far: packed columns, padded images.
   * `bytes` for each thread.
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
  async startThreads(count: number, worth = WORTH_SPLITTING): Promise<void> {
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
   * Runs a kernel, shared out among the threads where that pays: `argumentsOf` says with which arguments it
   * does the range `from` … `to` − 1, on which thread. Every element is computed by one thread alone, in the
   * order it always has, so no byte depends on how many there are. Returns the sum of what the kernel
   * returns.
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
   * The edge between JavaScript's arrays and the kernels' memory: an array from elsewhere has no address
   * there.
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
   * The address of at least that many bytes for a thread, for the workings of one operation; the same number
   * for all threads.
   */
  roomFor(bytes: number, thread: number): number {
    if (bytes > this.#room.bytes) {
      const rounded = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
      this.#room = { address: this.memory.allocate(rounded * this.#threadCount), bytes: rounded };
    }
    return this.#room.address + thread * this.#room.bytes;
  }
}

/** Extent of the last axis. */
export function columnsOfLast({ shape }: Tensor): number {
  return shape[shape.length - 1]!;
}

/** (first axis, product of the others): the number of columns of a tensor that counts as a matrix. */
export function columnsOf(tensor: Tensor): number {
  return tensor.data.length / tensor.shape[0]!;
}
