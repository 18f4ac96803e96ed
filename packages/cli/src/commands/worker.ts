import { hostname, availableParallelism } from "node:os";

import { getNodeFlags } from "@nn/kernels/node";
import { HUNG_AFTER_SECONDS, InterruptHandler, WorkerProcess, endExecutors, assignCores } from "@nn/runner";
import {
  DataStore,
  computeCodeVersion,
  connectToServer,
  removeAbandonedFolders,
  serveTrials,
} from "@nn/runner/redis";
import type { ThreadCount } from "@nn/training";

import { DownloadProgressBar } from "../terminal/download-progress-bar.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { WorkerProgressReporter } from "../terminal/worker-progress-reporter.ts";
import { resolveDataFolder } from "./data-folder.ts";
import { prepareKernels } from "./prepare-kernels.ts";

/** Default upper limit of concurrent trials. No machine has as many cores. */
const MAX_WORKERS = 1024;

/** Command-line options of `worker`. */
export interface WorkerOptions {
  readonly url: string;
  readonly workers?: number | undefined;
  readonly threads?: ThreadCount | undefined;
  readonly data?: string | undefined;
  /** In seconds. */
  readonly hungAfter?: number | undefined;
  /** In seconds. */
  readonly timeLimit?: number | undefined;
  /** In seconds. */
  readonly lostAfter: number;
  /** Vector width of the kernels, in bits. */
  readonly simd: 128 | 256;
}

/**
 * Runs `worker --url URL`: trains trials of runs that use the same server, until it is interrupted. Returns
 * the exit code. Throws ExperimentError if the folder of `--data` does not exist, and RemoteError.
 */
export async function workerCommand(options: WorkerOptions, terminal: Terminal): Promise<number> {
  const dataFolder = resolveDataFolder(options);
  const server = await connectToServer(options.url);
  await prepareKernels(terminal);
  removeAbandonedFolders();
  const { workers, threads, notice } = assignCores(
    { ...options, threads: options.threads ?? 1 },
    options.workers ?? MAX_WORKERS,
    availableParallelism(),
  );
  if (notice !== undefined) terminal.err.write(`${notice}\n`);
  const interrupt = new InterruptHandler(() =>
    terminal.err.write("\nReturning the trials to the queue. Press Ctrl-C again to stop at once.\n"),
  );
  const flags = getNodeFlags(options.simd);
  const limits = { silence: options.hungAfter ?? HUNG_AFTER_SECONDS, training: options.timeLimit };
  const executors = Array.from({ length: workers }, () => new WorkerProcess(flags, limits));
  const screen = new WorkerProgressReporter(terminal);
  const download = new DownloadProgressBar(terminal);
  const many = `${workers} ${workers === 1 ? "trial" : "trials"} at once`;
  screen.say(
    `Training up to ${many} for ${server.shown}, version ${computeCodeVersion()}. Press Ctrl-C to stop.`,
  );
  try {
    await serveTrials({
      server,
      context: {
        name: `${hostname()}-${process.pid}`,
        threads,
        data: new DataStore(dataFolder, download.show),
      },
      executors,
      lostSeconds: options.lostAfter,
      signal: interrupt.signal,
      observer: screen,
    });
    return 0;
  } finally {
    download.stop();
    screen.stop();
    await endExecutors(executors);
    interrupt.end();
  }
}
