import type { Tensor } from "@nn/tensor";

import { KernelMemory } from "./memory.ts";
import { instantiate, type Kernels } from "./module.ts";

/** What every operation works with: the compiled kernels, their memory, and room there for workings. */
export class Engine {
  readonly memory: KernelMemory;
  readonly kernels: Kernels;
  /** Room for the workings of one operation, as large as any has needed so far: packed columns, padded images. */
  #room = { address: 0, bytes: 0 };

  constructor(variant: string, pages: number) {
    this.memory = new KernelMemory(pages);
    this.kernels = instantiate(this.memory.wasm, variant);
    this.memory.reset(this.kernels.heapBase());
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

  /** The edge between JavaScript's arrays and the kernels' memory: an array from elsewhere has no address there. */
  addressOf(array: Tensor["data"] | Int32Array | Uint8Array): number {
    if (array.buffer !== this.memory.buffer) {
      throw new TypeError(
        "kernels: an array is not in the kernels' memory. " +
          "Make tensors with backend.allocate, labels and indices with backend.allocateIntegers, bytes with backend.allocateBytes.",
      );
    }
    return array.byteOffset;
  }

  /** The address of at least that many bytes, for the workings of one operation. */
  roomFor(bytes: number): number {
    if (bytes > this.#room.bytes) this.#room = { address: this.memory.allocate(bytes), bytes };
    return this.#room.address;
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
