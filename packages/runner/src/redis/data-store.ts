import type { DownloadProgress } from "@nn/mnist";
import type { DataIdentity } from "@nn/results";
import { prepareData } from "@nn/training";

import type { CheckedJob } from "./job-check.ts";
import type { Job } from "./job.ts";
import { RemoteError } from "./remote-error.ts";

/** The data sets on a worker's machine: found or downloaded once, and held against those of the run. */
export class DataStore {
  /** Absolute. */
  readonly folder: string;
  readonly #onProgress: (progress: DownloadProgress) => void;
  readonly #known = new Map<string, Promise<readonly DataIdentity[]>>();

  constructor(folder: string, onProgress: (progress: DownloadProgress) => void) {
    this.folder = folder;
    this.#onProgress = onProgress;
  }

  /**
   * Several jobs may wait for the same data, so `signal` is that of all. Throws DatasetError, the signal's
   * reason, or RemoteError where they are others than those of the run.
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
        `the data set ${here.name} is another one here than that of ${job.name}.\n` +
          `  there  ${there.source}, SHA-256 ${there.sha256.slice(0, 12)}…\n` +
          `  here   ${here.source}, SHA-256 ${here.sha256.slice(0, 12)}…\n` +
          // Published data are called by their type; files of one's own are not fetched.
          (here.name === trial.spec.dataset.type
            ? "Remove it here, so that it is downloaded anew, or name another folder with --data."
            : "Copy the files of the run to this machine."),
      );
    }
  }
}
