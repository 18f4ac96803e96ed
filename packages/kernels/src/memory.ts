/** Alignment of buffers: a cache line, so that no aligned vector load crosses two lines. */
export const ALIGNMENT = 64;
const PAGE = 65_536;
/**
 * Buffers of at least this size (a page of virtual memory) start at different offsets within a page; see
 * `allocate`.
 */
const LARGE = 4096;
const SKEW = 5 * ALIGNMENT;
const PLACES = 13;

/**
 * Allocates the kernels' memory from bottom to top. Single buffers are not freed; `reset` frees all buffers
 * from an address on. The whole address range is reserved at once, so views of it stay valid. A page uses
 * physical memory only after it is first written.
 */
export class KernelMemory {
  readonly wasm: WebAssembly.Memory;
  readonly buffer: SharedArrayBuffer;
  #top = 0;
  #largeBuffers = 0;

  /** `pages` is the size in pages of 64 KiB. */
  constructor(pages: number) {
    this.wasm = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { buffer } = this.wasm;
    if (!(buffer instanceof SharedArrayBuffer)) throw new TypeError("kernels: the memory is not shared");
    this.buffer = buffer;
  }

  get top(): number {
    return this.#top;
  }

  /** Frees everything from this address on. */
  reset(top: number): void {
    this.#top = Math.ceil(top / ALIGNMENT) * ALIGNMENT;
  }

  /**
   * Returns the address of `bytes` zeroed bytes. Throws RangeError if too little memory is left. Large
   * buffers start at different offsets within a page, because processors first compare the lower 12 bits of
   * addresses. If a parameter, its gradient and its velocity had the same offset, a load from one would wait
   * for a store to another.
   */
  allocate(bytes: number): number {
    if (bytes >= LARGE) this.#top += (this.#largeBuffers++ % PLACES) * SKEW;
    const address = this.#top;
    const end = address + bytes;
    if (end > this.buffer.byteLength) {
      throw new RangeError(
        `kernels: ${mebibytes(end)} MiB of buffers are needed, ` +
          `${mebibytes(this.buffer.byteLength)} MiB are available. Use a smaller batchSize or a smaller network.`,
      );
    }
    new Uint8Array(this.buffer, address, bytes).fill(0);
    this.reset(end);
    return address;
  }
}

/**
 * 1 GiB. The MNIST images need 47 MiB. A network with a million parameters and its batches need about 20 MiB.
 */
export const DEFAULT_PAGES = (1024 * 1024 * 1024) / PAGE;

/** Memory of the fast backend in bytes per process. It contains the images, the network and the batches. */
export const KERNEL_MEMORY_BYTES = DEFAULT_PAGES * PAGE;

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}
