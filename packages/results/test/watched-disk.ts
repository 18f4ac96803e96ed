import type { Disk } from "../src/atomic-write.ts";

/** Returns the system's error for a failed write. */
export function createDiskError(): Error {
  return Object.assign(new Error("EIO: i/o error, fsync"), { code: "EIO" });
}

/** A disk that records the value of `look` at each sync. The first `failures` syncs fail. */
export class WatchedDisk<Seen> implements Disk {
  readonly seen: Seen[] = [];
  failures: number;
  readonly #look: () => Seen;

  constructor(look: () => Seen, failures = 0) {
    this.#look = look;
    this.failures = failures;
  }

  sync(): Promise<void> {
    // Asynchronous, like the system's disk.
    return Promise.resolve().then(() => this.syncBlocking());
  }

  syncBlocking(): void {
    this.seen.push(this.#look());
    if (this.failures === 0) return;
    this.failures -= 1;
    throw createDiskError();
  }
}
