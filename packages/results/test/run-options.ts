import type { RunDirectoryOptions } from "../src/run-directory.ts";

/** Returns options for a run directory below `folder`, for an experiment with one swept path. */
export function createRunOptions(folder: string): RunDirectoryOptions {
  return {
    folder,
    fingerprint: "0123456789ab",
    name: "lock-test",
    sweptPaths: ["optimizer.learningRate"],
    files: { "experiment.yaml": "name: lock-test\n", "environment.json": "{}\n" },
  };
}
