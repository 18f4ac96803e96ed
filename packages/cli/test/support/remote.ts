import { rmSync } from "node:fs";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { smallSweep, type BenchFolder } from "./bench-folder.ts";
import { isOver } from "./processes.ts";

/** An option for Node: trials take a quarter of a second an epoch more while their folder has a file `slow`. */
export const SLOW = `--import ${new URL("./slow-training.ts", import.meta.url).href}`;

/** Options of a run whose trials are trained by the workers of the server at this address. */
export const through = (url: string): string[] => [
  "--set",
  "executor.type=redis",
  "--set",
  `executor.url=${url}`,
];

/** Trials that no worker gets to the end of while it is slow. */
export const longSweep = smallSweep.replace("epochs: 8", "epochs: 200");
export const LONG_EPOCHS = 200;

/** For a worker that must lose nothing by a busy machine. */
export const patient = ["--lost-after", "600"];

/** Until `speedUp`, a trial takes a quarter of a second an epoch more, in each worker of the folder. */
export function slowDown(folder: BenchFolder): void {
  folder.write("slow", "");
}

export function speedUp(folder: BenchFolder): void {
  rmSync(join(folder.path, "slow"));
}

/** What processes of this machine make of an experiment, without a server. */
export function withoutServer(
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

/** A worker in a process group of its own, which is gone when the test ends. */
export function startWorker(
  folder: BenchFolder,
  url: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
) {
  const worker = folder.startProgram(
    ["worker", "--url", url, "--data", "data", "--lost-after", "4", "--workers", "1", ...args],
    { detached: true, env: { NODE_OPTIONS: SLOW, ...env } },
  );
  let said = "";
  worker.stdout?.on("data", (text: Buffer) => (said += text.toString()));
  worker.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  const isGone = (): boolean => isOver(worker);
  const signal = (name: NodeJS.Signals): void => {
    if (!isGone()) process.kill(-worker.pid!, name);
  };
  onTestFinished(() => signal("SIGKILL"));
  return { signal, said: () => said, ended: worker, isGone };
}
