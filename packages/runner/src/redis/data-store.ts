import type { DownloadProgress } from "@nn/mnist";
import type { DatasetRecord } from "@nn/results";
import { prepareData } from "@nn/training";

import type { CheckedJob } from "./job-check.ts";
import type { Job } from "./job.ts";
import { RemoteError } from "./remote-error.ts";

/**
 * The data sets on a worker's machine. Each is found or downloaded once, and compared with the data set of
 * each job.
 */
export class DataStore {
  /** Absolute path. */
  readonly folder: string;
  readonly #onProgress: (progress: DownloadProgress) => void;
  readonly #known = new Map<string, Promise<readonly DatasetRecord[]>>();

  constructor(folder: string, onProgress: (progress: DownloadProgress) => void) {
    this.folder = folder;
    this.#onProgress = onProgress;
  }

  /**
   * Finds or downloads the data set of a job and compares it with the data set of the run. Several jobs may
   * wait for the same download, so all jobs must pass the same `signal`. Throws DatasetError, the signal's
   * reason, or RemoteError if the data differ.
   */
  async prepare(job: Job, { trial, experimentFolder }: CheckedJob, signal: AbortSignal): Promise<void> {
    const key = JSON.stringify([trial.spec.dataset, experimentFolder]);
    let known = this.#known.get(key);
    if (known === undefined) {
      const context = { dataFolder: this.folder, experimentFolder };
      known = prepareData([trial.spec], context, signal, this.#onProgress);
      this.#known.set(key, known);
      known.catch(() => this.#known.delete(key));
    }
    for (const here of await known) {
      const there = job.data.find(({ name }) => name === here.name);
      if (there === undefined || there.sha256 === here.sha256) continue;
      throw new RemoteError(
        `the data set ${here.name} on this machine differs from that of ${job.name}.\n` +
          `  there  ${there.source}, SHA-256 ${there.sha256.slice(0, 12)}…\n` +
          `  here   ${here.source}, SHA-256 ${here.sha256.slice(0, 12)}…\n` +
          // The name of a published data set is its type. Custom data are not downloaded.
          (here.name === trial.spec.dataset.type
            ? "Remove it here, so that it is downloaded again, or use another folder with --data."
            : "Copy the files of the run to this machine."),
      );
    }
  }
}
