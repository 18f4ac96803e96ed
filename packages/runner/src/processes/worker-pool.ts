import { WorkerProcess, type WorkerLimits } from "./worker-process.ts";

/**
 * The worker processes of this machine for one command. The first is started with it: every experiment needs
 * one, and it loads its program on one core while the experiment is read and checked on another.
 */
export class WorkerPool {
  readonly #flags: readonly string[];
  readonly #limits: WorkerLimits;
  readonly #workers: WorkerProcess[];

  /** As of each of its processes. */
  constructor(flags: readonly string[], limits: WorkerLimits) {
    this.#flags = flags;
    this.#limits = limits;
    this.#workers = [new WorkerProcess(flags, limits)];
  }

  /** So many, one at least. */
  ensure(count: number): readonly WorkerProcess[] {
    while (this.#workers.length < count) this.#workers.push(new WorkerProcess(this.#flags, this.#limits));
    return this.#workers;
  }

  /** Ends all of them, each after a checkpoint of what it trains. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  /** Ends all of them, whatever they are doing. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}
