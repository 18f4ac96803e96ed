import { WorkerProcess, type WorkerLimits } from "./worker-process.ts";

/**
 * The worker processes of one command on this machine. The first process starts with the command, because
 * every experiment needs one. It loads its program on one core while another core reads and checks the
 * experiment.
 */
export class WorkerPool {
  readonly #flags: readonly string[];
  readonly #limits: WorkerLimits;
  readonly #workers: WorkerProcess[];

  /** Takes the arguments of `WorkerProcess`. */
  constructor(flags: readonly string[], limits: WorkerLimits) {
    this.#flags = flags;
    this.#limits = limits;
    this.#workers = [new WorkerProcess(flags, limits)];
  }

  /** Starts processes up to this number, at least one, and returns all of them. */
  ensure(count: number): readonly WorkerProcess[] {
    while (this.#workers.length < count) this.#workers.push(new WorkerProcess(this.#flags, this.#limits));
    return this.#workers;
  }

  /** Stops all processes, each after a checkpoint of its trial. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  /** Kills all processes, whatever they are doing. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}
