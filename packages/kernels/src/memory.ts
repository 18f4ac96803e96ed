/** Buffers start on a cache line, so that no vector load crosses one. */
export const ALIGNMENT = 64;
const PAGE = 65_536;
/** Buffers of a virtual memory page and more start at different places in a page: see `allocate`. */
const LARGE = 4096;
const SKEW = 5 * ALIGNMENT;
const PLACES = 13;

/**
 * Hands out the kernels' memory from bottom to top; nothing is given back one by one, as buffers are planned
 * once and live as long as their trial. The whole address range is reserved at once and costs nothing until
 * it is touched, so that views of it stay valid for good.
 */
export class KernelMemory {
  readonly wasm: WebAssembly.Memory;
  readonly buffer: SharedArrayBuffer;
  #top = 0;
  #largeBuffers = 0;

  /** `pages` of 64 KiB. */
  constructor(pages: number) {
    this.wasm = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { buffer } = this.wasm;
    if (!(buffer instanceof SharedArrayBuffer)) throw new TypeError("kernels: the memory is not shared");
    this.buffer = buffer;
  }

  get top(): number {
    return this.#top;
  }

  /** Everything from this address on is free. */
  reset(top: number): void {
    this.#top = Math.ceil(top / ALIGNMENT) * ALIGNMENT;
  }

  /**
   * The address of `bytes` zeroed bytes. Processors compare the lower 12 bits of addresses first: were a
   * parameter, its gradient and its velocity at the same place of their pages, each load would wait for the
   * store to another of them.
   */
  allocate(bytes: number): number {
    if (bytes >= LARGE) this.#top += (this.#largeBuffers++ % PLACES) * SKEW;
    const address = this.#top;
    const end = address + bytes;
    if (end > this.buffer.byteLength) {
      throw new RangeError(
        `kernels: ${mebibytes(end)} MiB of buffers are needed, ${mebibytes(this.buffer.byteLength)} MiB can be had. ` +
          `Use a smaller batchSize or a smaller network.`,
      );
    }
    new Uint8Array(this.buffer, address, bytes).fill(0);
    this.reset(end);
    return address;
  }
}

/** 1 GiB: images of MNIST take 47 MiB, a network of a million parameters with its batches some 20. */
export const DEFAULT_PAGES = (1024 * 1024 * 1024) / PAGE;

/** Bytes that the fast backend has for the images, the network and its batches together, in each process. */
export const KERNEL_MEMORY = DEFAULT_PAGES * PAGE;

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}
