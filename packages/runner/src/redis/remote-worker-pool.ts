import type { Redis } from "ioredis";

import { listRegistered, type Registration } from "./registration.ts";

/**
 * The connected workers of a run. It limits the number of queued trials to the number of trials that the
 * workers can train at once.
 */
export class RemoteWorkerPool {
  readonly #redis: Redis;
  readonly #version: string;
  /** The command that starts a worker, for messages. */
  readonly #command: string;
  readonly #say: (text: string) => void;
  #places = 0;
  #taken = 0;
  #waiting: (() => void)[] = [];
  #said = "";
  readonly #strangers = new Set<string>();

  constructor(
    redis: Redis,
    { version, command, say }: { version: string; command: string; say: (text: string) => void },
  ) {
    this.#redis = redis;
    this.#version = version;
    this.#command = command;
    this.#say = say;
  }

  /** Updates the list of workers and reports changes. */
  async refresh(): Promise<void> {
    const registered = await listRegistered(this.#redis, "worker");
    const own = [...registered.values()].filter(({ version }) => version === this.#version);
    this.#places = own.reduce((sum, { places }) => sum + places, 0);
    this.#tell(own.length);
    for (const [id, worker] of registered) if (worker.version !== this.#version) this.#tellOf(id, worker);
    this.#admit();
  }

  /**
   * Waits until a worker has capacity for a trial, and reserves it. Returns false, without a reservation, if
   * the signal aborts.
   */
  async acquire(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    return new Promise<boolean>((resolve) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((each) => each !== enter);
        resolve(false);
      };
      const enter = (): void => {
        signal.removeEventListener("abort", leave);
        this.#taken += 1;
        resolve(true);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(enter);
      this.#admit();
    });
  }

  release(): void {
    this.#taken -= 1;
    this.#admit();
  }

  #admit(): void {
    while (this.#taken < this.#places) {
      const enter = this.#waiting.shift();
      if (enter === undefined) return;
      enter();
    }
  }

  #tell(workers: number): void {
    const many =
      `${workers} ${workers === 1 ? "worker is" : "workers are"} connected, for ${this.#places} ` +
      `${this.#places === 1 ? "trial" : "trials"} at once.`;
    const none =
      "No worker is connected. Start one, here or on any machine with the same version of the code:\n  " +
      this.#command;
    const text = workers === 0 ? none : many;
    if (text === this.#said) return;
    this.#said = text;
    this.#say(text);
  }

  #tellOf(id: string, { name, version }: Registration): void {
    if (this.#strangers.has(id)) return;
    this.#strangers.add(id);
    this.#say(
      `The worker ${name} has version ${version} of the code, but this run has ${this.#version}. ` +
        "It gets no trials. Check out the same commit on both machines, and restart the worker.",
    );
  }
}
