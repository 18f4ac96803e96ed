import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the workspace. */
export const workspaceFolder = fileURLToPath(new URL("../../../../", import.meta.url));

/** What a run ran on: the text of environment.json. `kernels`: the backend's name, or null before a trial has said it. */
export function describeEnvironment(kernels: string | null): string {
  const environment = {
    version: packageVersion(),
    commit: commit(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? null,
    cores: availableParallelism(),
    kernels,
  };
  return `${JSON.stringify(environment, null, 2)}\n`;
}

/** What an earlier run recorded in its environment.json as `kernels`; null where there is none. */
export function recordedKernels(folder: string): string | null {
  try {
    const environment: unknown = JSON.parse(readFileSync(join(folder, "environment.json"), "utf8"));
    const { kernels } = Object(environment);
    return typeof kernels === "string" ? kernels : null;
  } catch {
    // A courtesy to whoever reads the file: it is written anew in any case.
    return null;
  }
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
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
