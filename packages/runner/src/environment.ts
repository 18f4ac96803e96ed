import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { ThreadCount } from "@nn/training";

/** The folder of the workspace. */
export const workspaceFolder = fileURLToPath(new URL("../../../", import.meta.url));

/** The origin of a run in environment.json: the command that made it. */
export interface RunOrigin {
  /**
   * Absolute path of the experiment file. Custom parts are relative to its folder. Null in runs of older
   * versions.
   */
  readonly experiment: string | null;
  /** The `--set` options of the command. */
  readonly set: readonly string[];
  /** Number of trials of the run; null in runs of older versions. */
  readonly trials: number | null;
}

/** The values in environment.json that describe the run, and not the machine or the program. */
export interface RunEnvironment extends RunOrigin {
  /** The backend's name; null until a trial has reported it. */
  readonly kernels: string | null;
  /** Number of threads per trial; null until a trial has started, and with workers of a server. */
  readonly threads: ThreadCount | null;
  /** The data of the trials; empty until they are loaded. */
  readonly data: readonly unknown[];
}

const unknown: RunEnvironment = {
  experiment: null,
  set: [],
  trials: null,
  kernels: null,
  threads: null,
  data: [],
};

/** Returns the text of environment.json: machine, program, kernels and data of a run. */
export function describeEnvironment(environment: Partial<RunEnvironment>): string {
  const { experiment, set, trials, ...rest } = { ...unknown, ...environment };
  return `${JSON.stringify({ experiment, set, trials, ...describeMachine(), ...rest }, null, 2)}\n`;
}

/** Reads the environment.json in a run directory. If it cannot be read, returns null values and no data. */
export function readEnvironment(folder: string): RunEnvironment {
  try {
    const environment: unknown = JSON.parse(readFileSync(join(folder, "environment.json"), "utf8"));
    const { experiment, set, trials, kernels, threads, data } = Object(environment);
    return {
      experiment: typeof experiment === "string" ? experiment : null,
      set: Array.isArray(set) ? set.map(String) : [],
      trials: typeof trials === "number" ? trials : null,
      kernels: typeof kernels === "string" ? kernels : null,
      threads: typeof threads === "number" || threads === "auto" ? threads : null,
      data: Array.isArray(data) ? data : [],
    };
  } catch {
    // A damaged file is not an error, because the run rewrites it.
    return unknown;
  }
}

let described: object | undefined;

/**
 * Describes the machine and the program. Computed only once, because files may change while the program runs.
 */
function describeMachine(): object {
  described ??= {
    version: getPackageVersion(),
    commit: findCommit(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? null,
    cores: availableParallelism(),
  };
  return described;
}

/** Returns the version of this program. */
export function getPackageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new Error("packages/runner/package.json has no version.");
}

/** Arguments of git that print the checked-out commit and the changed tracked files. */
const STATUS = ["status", "--porcelain=v2", "--branch", "--untracked-files=no"] as const;

let checkedOut: string | null | undefined;

/**
 * Asks git for the checked-out commit, in a separate process. Call it early: then `describeEnvironment` does
 * not have to wait for git, which takes a tenth of a second.
 */
export function lookUpCommit(): Promise<void> {
  return new Promise((resolve) => {
    execFile("git", [...STATUS], { cwd: workspaceFolder, encoding: "utf8" }, (error, status) => {
      checkedOut = error === null ? parseCommit(status) : null;
      resolve();
    });
  });
}

/**
 * Returns the checked-out commit, followed by `+` if tracked files differ from it. Returns null without git
 * or outside a repository.
 */
function findCommit(): string | null {
  if (checkedOut !== undefined) return checkedOut;
  try {
    const options = { cwd: workspaceFolder, encoding: "utf8" } as const;
    return parseCommit(execFileSync("git", [...STATUS], { ...options, stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return null;
  }
}

/**
 * Reads the output of git with `STATUS`. Lines about the branch begin with #, and a line per changed file
 * follows. Returns null if there is no commit yet.
 */
export function parseCommit(status: string): string | null {
  const lines = status.trim().split("\n");
  const head = /^# branch\.oid ([0-9a-f]+)$/m.exec(status)?.[1];
  if (head === undefined) return null;
  return lines.every((line) => line.startsWith("#")) ? head : `${head}+`;
}
