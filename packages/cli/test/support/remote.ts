import { rmSync } from "node:fs";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { smallSweep, type BenchFolder } from "./bench-folder.ts";
import { hasEnded } from "./processes.ts";

/** An option for Node with which each epoch takes 0.25 s longer while the folder has a file `slow`. */
export const slowTrainingOption = `--import ${new URL("./slow-training.ts", import.meta.url).href}`;

/** Returns options of a run that uses the workers of the server at this address. */
export const redisOptions = (url: string): string[] => [
  "--set",
  "executor.type=redis",
  "--set",
  `executor.url=${url}`,
];

/** A sweep whose trials no slow worker completes. */
export const longSweep = smallSweep.replace("epochs: 8", "epochs: 200");
export const LONG_EPOCHS = 200;

/** Options of a worker that must not lose trials on a busy machine. */
export const longLeaseOptions = ["--lost-after", "600"];

/** Makes each epoch take 0.25 s longer in all workers of the folder, until `speedUpWorkers`. */
export function slowDownWorkers(folder: BenchFolder): void {
  folder.write("slow", "");
}

export function speedUpWorkers(folder: BenchFolder): void {
  rmSync(join(folder.path, "slow"));
}

/** Returns a function that returns the files of a run without a server. */
export function createLocalRuns(
  prepare: (spec: string) => BenchFolder,
): (spec: string) => Promise<Record<string, string>> {
  const known = new Map<string, Record<string, string>>();
  return async (spec) => {
    const folder = prepare(spec);
    const files = known.get(spec);
    if (files !== undefined) return files;
    const { code, err } = await folder.run();
    if (code !== 0) throw new Error(`the run without a server failed: ${err}`);
    known.set(spec, folder.promisedFiles());
    return folder.promisedFiles();
  };
}

/** Starts a worker in its own process group, which is killed when the test ends. */
export function startWorker(
  folder: BenchFolder,
  url: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
) {
  const worker = folder.startProgram(
    ["worker", "--url", url, "--data", "data", "--lost-after", "4", "--workers", "1", ...args],
    { detached: true, env: { NODE_OPTIONS: slowTrainingOption, ...env } },
  );
  let said = "";
  worker.stdout?.on("data", (text: Buffer) => (said += text.toString()));
  worker.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  const isGone = (): boolean => hasEnded(worker);
  const signal = (name: NodeJS.Signals): void => {
    if (!isGone()) process.kill(-worker.pid!, name);
  };
  onTestFinished(() => signal("SIGKILL"));
  return { signal, said: () => said, ended: worker, isGone };
}
