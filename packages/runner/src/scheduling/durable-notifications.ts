import type { RunDirectory } from "@nn/results";

/**
 * Delays each notification until all earlier events are on the disk, so that a displayed event cannot be
 * lost. Trials do not wait for the disk. A write takes some milliseconds and confirms many events together.
 */
export class DurableNotifications {
  readonly #directory: Pick<RunDirectory, "synced">;
  #latest: Promise<void> = Promise.resolve();

  constructor(directory: Pick<RunDirectory, "synced">) {
    this.#directory = directory;
  }

  /**
   * Queues a notification. `tell` is called later. If a write fails, `tell` is never called and `delivered`
   * rejects.
   */
  add(tell: () => void): void {
    const synced = this.#directory.synced();
    this.#latest = Promise.all([this.#latest, synced]).then(tell);
    // The caller of `delivered` receives the error.
    this.#latest.catch(() => {});
  }

  /**
   * Resolves when all notifications have been delivered. Rejects with RunDirectoryError or with an error that
   * a notification throws.
   */
  delivered(): Promise<void> {
    return this.#latest;
  }
}
