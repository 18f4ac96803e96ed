import { onTestFinished } from "vitest";

import type { BenchFolder } from "./bench-folder.ts";
import { isOver } from "./processes.ts";

/** Options of a run whose trials are trained by the workers of the server at this address. */
export const through = (url: string): string[] => [
  "--set",
  "executor.type=redis",
  "--set",
  `executor.url=${url}`,
];

/** A worker in a process group of its own, which is gone when the test ends. */
export function startWorker(
  folder: BenchFolder,
  url: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
) {
  const worker = folder.startProgram(
    ["worker", "--url", url, "--data", "data", "--lost-after", "4", "--workers", "1", ...args],
    { detached: true, env },
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
