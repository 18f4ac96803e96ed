import type { RunDirectory } from "@nn/results";

/**
 * Delays each notification until the disk has all events before it, so that nothing that was shown is ever
 * lost. The trials do not wait: the disk takes some milliseconds, and confirms many events at once.
 */
export class DurableNotifications {
  readonly #directory: Pick<RunDirectory, "confirmed">;
  #latest: Promise<void> = Promise.resolve();

  constructor(directory: Pick<RunDirectory, "confirmed">) {
    this.#directory = directory;
  }

  /**
   * Queues a notification. `tell` is called later; if a write fails, it is never called and `told` rejects.
   */
  add(tell: () => void): void {
    const confirmed = this.#directory.confirmed();
    this.#latest = Promise.all([this.#latest, confirmed]).then(tell);
    // The caller of `told` receives the error.
    this.#latest.catch(() => {});
  }

  /**
   * Resolves when all notifications were delivered. Rejects with RunDirectoryError, and with any error of a
   * notification.
   */
  told(): Promise<void> {
    return this.#latest;
  }
}
