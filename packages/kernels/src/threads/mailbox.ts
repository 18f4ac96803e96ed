/** Size of a mailbox in bytes: a cache line for each direction, then the arguments of a kernel. */
export const MAILBOX_BYTES = 384;
/** Capacity for arguments, at least the number of parameters of every kernel. */
const ARGUMENTS = 32;

/**
 * Indices of 32-bit words. The posting thread writes the first cache line, the worker writes the second one.
 * Both write CLAIMED.
 */
const POSTED = 0;
const POSTER_SLEEPS = 1;
const KERNEL = 2;
const COUNT = 3;
const CLAIMED = 16;
const DONE = 17;
const WORKER_SLEEPS = 18;
const FAILED = 19;

/**
 * Number of checks before a thread sleeps. They take about 50 µs, which is longer than most gaps between two
 * kernels of a training step. Waking a thread takes about as long.
 */
const SPINS = 1000;
/**
 * A thread that does not respond within six waits of ten seconds is considered dead. There are several waits,
 * because a single wait can end too early if the machine was suspended.
 */
const PATIENCE = { times: 6, milliseconds: 10_000 };

/**
 * Passes kernel calls from the main thread to another thread through shared memory. Jobs are numbered. The
 * thread that changes CLAIMED from n − 1 to n runs job n. So the main thread can run a job itself if the
 * other thread has not started it, for example because its core is busy.
 */
export class Mailbox {
  readonly #words: Int32Array;
  readonly #result: Float64Array;
  readonly #arguments: Float64Array;
  #job = 0;

  constructor(buffer: SharedArrayBuffer, address: number) {
    this.#words = new Int32Array(buffer, address, 32);
    this.#result = new Float64Array(buffer, address + 96, 1);
    this.#arguments = new Float64Array(buffer, address + 128, ARGUMENTS);
  }

  /** On the main thread: posts a call of the kernel with this number, and returns without waiting. */
  post(kernel: number, args: readonly number[]): void {
    const words = this.#words;
    for (let i = 0; i < args.length; i++) this.#arguments[i] = args[i]!;
    words[KERNEL] = kernel;
    words[COUNT] = args.length;
    this.#job = (this.#job + 1) | 0; // wraps around at 32 bits
    Atomics.store(words, POSTED, this.#job);
    if (Atomics.load(words, WORKER_SLEEPS) === 1) Atomics.notify(words, POSTED);
  }

  /** On the main thread: claims the last job. Returns false if the other thread has already claimed it. */
  takeBack(): boolean {
    return this.#claim();
  }

  /**
   * On the main thread: waits for the last job and returns the result of its kernel. Throws Error if the
   * kernel failed or the thread does not answer.
   */
  result(): number {
    const words = this.#words;
    const done = Atomics.load(words, DONE);
    if (done !== this.#job && !changed(words, DONE, done, POSTER_SLEEPS)) {
      throw new Error("kernels: a thread of this process no longer responds");
    }
    if (words[FAILED] === 1) throw new Error("kernels: a kernel stopped on another thread");
    return this.#result[0]!;
  }

  /** On the other thread: runs posted jobs forever. */
  serve(kernels: readonly ((...args: number[]) => number | void)[]): never {
    const words = this.#words;
    for (;;) {
      // Keep waiting after a timeout.
      while (!changed(words, POSTED, this.#job, WORKER_SLEEPS));
      this.#job = Atomics.load(words, POSTED);
      if (!this.#claim()) continue;
      try {
        const args = Array.from(this.#arguments.subarray(0, words[COUNT]));
        this.#result[0] = kernels[words[KERNEL]!]!(...args) ?? 0;
      } catch {
        words[FAILED] = 1;
      }
      Atomics.store(words, DONE, this.#job);
      if (Atomics.load(words, POSTER_SLEEPS) === 1) Atomics.notify(words, DONE);
    }
  }

  #claim(): boolean {
    const before = (this.#job - 1) | 0;
    return Atomics.compareExchange(this.#words, CLAIMED, before, this.#job) === before;
  }
}

/**
 * Waits until words[at] is no longer `old`. Spins first, then sleeps; words[sleeps] is 1 during the sleep.
 * Returns false if the value has not changed after the timeout (PATIENCE).
 */
function changed(words: Int32Array, at: number, old: number, sleeps: number): boolean {
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(words, at) !== old) return true;
    Atomics.pause();
  }
  Atomics.store(words, sleeps, 1);
  for (let time = 0; time < PATIENCE.times && Atomics.load(words, at) === old; time++) {
    Atomics.wait(words, at, old, PATIENCE.milliseconds);
  }
  Atomics.store(words, sleeps, 0);
  return Atomics.load(words, at) !== old;
}
