import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the workspace. */
export const workspaceFolder = fileURLToPath(new URL("../../../", import.meta.url));

/** What of environment.json is known only once a run is on its way. */
export interface RunEnvironment {
  /** The backend's name; null before a trial has said it. */
  readonly kernels: string | null;
  /** How many threads compute in each trial; null before one has been started. */
  readonly threads: number | null;
  /** What the trials are trained on; empty before it has been looked at. */
  readonly data: readonly unknown[];
}

/** What a run ran on: the text of environment.json. */
export function describeEnvironment({ kernels, threads, data }: RunEnvironment): string {
  return `${JSON.stringify({ ...machine(), kernels, threads, data }, null, 2)}\n`;
}

/** What an earlier run recorded in its environment.json; nothing where there is none. */
export function readEnvironment(folder: string): RunEnvironment {
  try {
    const environment: unknown = JSON.parse(readFileSync(join(folder, "environment.json"), "utf8"));
    const { kernels, threads, data } = Object(environment);
    return {
      kernels: typeof kernels === "string" ? kernels : null,
      threads: typeof threads === "number" ? threads : null,
      data: Array.isArray(data) ? data : [],
    };
  } catch {
    // A courtesy to whoever reads the file: it is written anew in any case.
    return { kernels: null, threads: null, data: [] };
  }
}

let described: object | undefined;

/** Asked once: the program that runs is the one that was checked out when it was started. */
function machine(): object {
  described ??= {
    version: packageVersion(),
    commit: commit(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? null,
    cores: availableParallelism(),
  };
  return described;
}

/** Of this program. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new Error("packages/runner/package.json has no version.");
}

/** The checked-out commit; null without git or outside a repository. `+` says that files differ from it. */
function commit(): string | null {
  const git = (...args: string[]): string =>
    execFileSync("git", args, {
      cwd: workspaceFolder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    const head = git("rev-parse", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === "" ? head : `${head}+`;
  } catch {
    return null;
  }
}
