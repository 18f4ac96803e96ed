import type { WorkerPreparation } from "@nn/training";

import { WorkerProcess, type WorkerLimits } from "./worker-process.ts";

/**
 * The worker processes of one command on this machine. The first process starts with the command, because
 * every experiment needs one. It loads its program on one core while this process reads and checks the
 * experiment on another.
 */
export class WorkerPool {
  readonly #flags: readonly string[];
  readonly #limits: WorkerLimits;
  readonly #workers: WorkerProcess[];

  /** See the constructor of `WorkerProcess` for the arguments. */
  constructor(flags: readonly string[], limits: WorkerLimits) {
    this.#flags = flags;
    this.#limits = limits;
    this.#workers = [new WorkerProcess(flags, limits)];
  }

  /** Starts processes until there are `count`, and returns all of them (at least one). */
  ensure(count: number): readonly WorkerProcess[] {
    while (this.#workers.length < count) this.#workers.push(new WorkerProcess(this.#flags, this.#limits));
    return this.#workers;
  }

  /** Lets all processes prepare for their first trial. */
  prepare(preparation: WorkerPreparation): void {
    for (const worker of this.#workers) worker.prepare(preparation);
  }

  /** Stops all processes, each after a checkpoint of its trial. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  /** Kills all processes at once. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}
