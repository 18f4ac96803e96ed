import type { RunDirectory } from "@nn/results";

/**
 * What a person is told of what was recorded: each in its turn, once the disk has all that was recorded
 * before it, so that nothing that was seen is ever lost. The trials need not wait for that: the disk takes
 * some milliseconds, and confirms many events in the time of one.
 */
export class DurableNotifications {
  readonly #directory: Pick<RunDirectory, "confirmed">;
  #latest: Promise<void> = Promise.resolve();

  constructor(directory: Pick<RunDirectory, "confirmed">) {
    this.#directory = directory;
  }

  /** `tell` is called later, or never where the disk refuses: `told` rejects then. */
  add(tell: () => void): void {
    const confirmed = this.#directory.confirmed();
    this.#latest = Promise.all([this.#latest, confirmed]).then(tell);
    // Whoever asks whether all is told hears of it.
    this.#latest.catch(() => {});
  }

  /**
   * Resolves when all has been told. Rejects with RunDirectoryError, and with what an announcement throws.
   */
  told(): Promise<void> {
    return this.#latest;
  }
}
