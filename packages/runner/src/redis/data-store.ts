import type { DownloadProgress } from "@nn/mnist";
import type { DatasetRecord } from "@nn/results";
import { prepareData } from "@nn/training";

import type { CheckedJob } from "./job-check.ts";
import type { Job } from "./job.ts";
import { RemoteError } from "./remote-error.ts";

/** What determines the data set of a job. */
interface JobData extends Pick<CheckedJob, "experimentFolder"> {
  readonly trial: Pick<CheckedJob["trial"], "spec">;
}

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
   * reason, or RemoteError if the data differ or have changed since this worker read them.
   */
  async prepare(
    job: Pick<Job, "name" | "data">,
    { trial, experimentFolder }: JobData,
    signal: AbortSignal,
  ): Promise<void> {
    const key = JSON.stringify([trial.spec.dataset, experimentFolder]);
    const read = (): Promise<readonly DatasetRecord[]> =>
      prepareData(
        [trial.spec.dataset],
        { dataFolder: this.folder, experimentFolder },
        signal,
        this.#onProgress,
      );
    let known = this.#known.get(key);
    if (known === undefined) {
      known = read();
      this.#known.set(key, known);
      known.catch(() => this.#known.delete(key));
    }
    for (const here of await known) {
      const there = job.data.find(({ name }) => name === here.name);
      if (there?.sha256 === here.sha256) continue;
      if (there === undefined)
        throw new RemoteError(
          `${job.name} has no record of the data set ${here.name}, which its trial needs.\n` +
            "Start the run and this worker from the same copy of the program.",
        );
      // The processes of this worker keep the images of the earlier files in memory.
      if ((await read()).some(({ name, sha256 }) => name === here.name && sha256 !== here.sha256)) {
        throw new RemoteError(
          `the data set ${here.name} has changed since this worker read it for an earlier trial.\n` +
            "Start the worker again, so that it reads the changed files.",
        );
      }
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
