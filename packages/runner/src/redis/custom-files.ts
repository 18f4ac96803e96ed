import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { resolve, sep } from "node:path";

import { collectCustomTypes } from "@nn/training";

import { workspaceFolder } from "../environment.ts";
import type { Job } from "./job.ts";
import { RemoteError } from "./remote-error.ts";

/**
 * Checks that this machine has the same file for each custom part of a job. No code is sent through the
 * server. Only files in this project and in the folder in which the worker was started are allowed. Returns
 * an error message if the job is invalid, otherwise undefined. Throws RemoteError if a file is missing, not
 * allowed or different on this machine.
 */
export function checkCustomFiles(
  job: Pick<Job, "name" | "spec" | "files">,
  experimentFolder: string,
  homes: readonly string[] = [workspaceFolder, process.cwd()],
): string | undefined {
  for (const path of new Set(collectCustomTypes(job.spec))) {
    const there = job.files?.find((file) => file.path === path);
    if (there === undefined) return `it uses ${path}, but has no checksum of that file`;
    if (!/\.[cm]?[jt]s$/.test(path)) return `it names ${path}, which is not a TypeScript or JavaScript file`;
    const file = resolve(experimentFolder, path);
    const part = `the custom part ${path} of ${job.name}`;
    if (!existsSync(file)) {
      throw new RemoteError(
        `${part} is not on this machine: there is no file ${file}.\n  Copy it here, or check out the same commit in ` +
          "this copy of the project.",
      );
    }
    const real = realpathSync(file);
    if (!homes.some((home) => real.startsWith(`${realpathSync(home)}${sep}`)) || isInstalled(real)) {
      throw new RemoteError(
        `${part} is ${real}, which is neither in this project nor in the folder in which this worker was ` +
          "started: it is not run.\n" +
          "  Start the worker in the folder of the experiment, or keep the experiment in the project.",
      );
    }
    const here = createHash("sha256").update(readFileSync(real)).digest("hex");
    if (here === there.sha256) continue;
    throw new RemoteError(
      `${part} differs on this machine.\n` +
        `  there  SHA-256 ${there.sha256.slice(0, 12)}…\n` +
        `  here   SHA-256 ${here.slice(0, 12)}…, ${file}\n` +
        "  Copy the file of the run to this machine, or check out the same commit on both machines.",
    );
  }
  return undefined;
}

function isInstalled(file: string): boolean {
  return file.includes(`${sep}node_modules${sep}`);
}
