/** Bytes of a mailbox: a cache line for each direction, then the arguments of a kernel. */
export const MAILBOX_BYTES = 384;
/** The most arguments that a kernel has, and some. */
const ARGUMENTS = 32;

/**
 * 32-bit words, the first cache line written by the one who posts, the second by the one who works; CLAIMED
 * by both.
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
 * About 50 µs: longer than most gaps between two kernels of a training step, after which waking up takes as
 * long again.
 */
const SPINS = 1000;
/**
 * Who has not answered for six times ten seconds is gone. Counted in parts, as a machine that was asleep
 * wakes up late once.
 */
const PATIENCE = { times: 6, milliseconds: 10_000 };

/**
 * Through which the main thread hands a kernel to another one, in the memory that both share. Jobs are
 * numbered. Whoever first claims job n, by a step of CLAIMED from n − 1 to n, does it: where the other thread
 * is slow to come, since something else has its core, the main thread does the work itself.
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

  /** The main thread: hands over a kernel, by its number, and goes on. */
  post(kernel: number, args: readonly number[]): void {
    const words = this.#words;
    for (let i = 0; i < args.length; i++) this.#arguments[i] = args[i]!;
    words[KERNEL] = kernel;
    words[COUNT] = args.length;
    this.#job = (this.#job + 1) | 0; // after the largest 32-bit number comes the smallest
    Atomics.store(words, POSTED, this.#job);
    if (Atomics.load(words, WORKER_SLEEPS) === 1) Atomics.notify(words, POSTED);
  }

  /** The main thread: takes back what it posted last. False when the other thread is at it already. */
  takeBack(): boolean {
    return this.#claim();
  }

  /** The main thread: waits for what it posted last; what the kernel returned. */
  result(): number {
    const words = this.#words;
    const done = Atomics.load(words, DONE);
    if (done !== this.#job && !changed(words, DONE, done, POSTER_SLEEPS)) {
      throw new Error("kernels: a thread of this process does not answer any more");
    }
    if (words[FAILED] === 1) throw new Error("kernels: a kernel stopped on another thread");
    return this.#result[0]!;
  }

  /** The other thread: does what is posted, for good. */
  serve(kernels: readonly ((...args: number[]) => number | void)[]): never {
    const words = this.#words;
    for (;;) {
      // Nothing to do for a while is no reason to stop.
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
 * Waits until words[at] is no longer `old`: awake at first, then asleep, which words[sleeps] tells. False
 * when patience is at its end.
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
