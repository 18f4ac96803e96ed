import { startThreads, type StartedThread } from "#platform/start-threads";

import type { KernelMemory } from "../memory.ts";
import { listKernels, type Kernel, type Kernels } from "../module.ts";
import { Mailbox, MAILBOX_BYTES } from "./mailbox.ts";

/** The data passed to a new thread. */
export interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly buffer: SharedArrayBuffer;
  /** Address of the thread's copy of static memory. */
  readonly staticMemory: number;
  /** Address of the thread's mailbox. */
  readonly mailbox: number;
}

/** Threads of this process that run kernels on request and otherwise sleep. They end with the process. */
export class ThreadPool {
  readonly #data: readonly ThreadData[];
  readonly #mailboxes: readonly Mailbox[];
  readonly #numbers: ReadonlyMap<unknown, number>;
  #workers: readonly StartedThread[] = [];

  /** Allocates the memory of `count` threads in addition to this one. `start` starts them. */
  constructor(count: number, module: WebAssembly.Module, memory: KernelMemory, kernels: Kernels) {
    this.#data = Array.from({ length: count }, () => ({
      module,
      memory: memory.wasm,
      buffer: memory.buffer,
      staticMemory: memory.allocate(kernels.heapBase()),
      mailbox: memory.allocate(MAILBOX_BYTES),
    }));
    this.#mailboxes = this.#data.map(({ mailbox }) => new Mailbox(memory.buffer, mailbox));
    this.#numbers = new Map(listKernels(kernels).map((kernel, number) => [kernel, number]));
  }

  /**
   * Starts the threads. Rejects if a thread does not start. `program` is the file that each thread runs;
   * tests replace it.
   */
  async start(program?: URL): Promise<void> {
    this.#workers = await startThreads(this.#data, program);
  }

  /**
   * Runs a kernel once for each element of `parts`: the first on this thread, the others on the other
   * threads. Then this thread runs the parts that no other thread has started. Returns the sum of the
   * kernel's return values.
   */
  run<Arguments extends number[]>(kernel: Kernel<Arguments>, parts: readonly [...Arguments][]): number {
    const number = this.#numbers.get(kernel)!;
    for (let part = 1; part < parts.length; part++) this.#mailboxes[part - 1]!.post(number, parts[part]!);
    let sum = kernel(...parts[0]!) ?? 0;
    for (let part = 1; part < parts.length; part++) {
      const mailbox = this.#mailboxes[part - 1]!;
      sum += mailbox.takeBack() ? (kernel(...parts[part]!) ?? 0) : mailbox.result();
    }
    return sum;
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
