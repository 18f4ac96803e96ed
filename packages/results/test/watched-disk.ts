import type { Disk } from "../src/atomic-write.ts";

/** What the system says when the disk could not write. */
export function diskFailure(): Error {
  return Object.assign(new Error("EIO: i/o error, fsync"), { code: "EIO" });
}

/**
 * A disk that looks, each time that it is asked, and says what it has seen. Then it confirms, or fails as
 * often as it is told.
 */
export class WatchedDisk<Seen> implements Disk {
  readonly seen: Seen[] = [];
  failures: number;
  readonly #look: () => Seen;

  constructor(look: () => Seen, failures = 0) {
    this.#look = look;
    this.failures = failures;
  }

  confirm(): Promise<void> {
    // As that of the system: later.
    return Promise.resolve().then(() => this.confirmNow());
  }

  confirmNow(): void {
    this.seen.push(this.#look());
    if (this.failures === 0) return;
    this.failures -= 1;
    throw diskFailure();
  }
}
