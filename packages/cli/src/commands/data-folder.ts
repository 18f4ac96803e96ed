import { join, resolve } from "node:path";

import { ExperimentError } from "@nn/experiment";
import { workspaceFolder } from "@nn/runner/environment";

import { findFolderProblem } from "./read-file.ts";

/**
 * Returns the folder of `--data`, or the workspace's data folder. Throws ExperimentError if the folder of
 * `--data` does not exist. The default folder need not exist, because the first download creates it.
 */
export function resolveDataFolder({ data }: { readonly data?: string | undefined }): string {
  if (data === undefined) return join(workspaceFolder, "data");
  const problem = findFolderProblem(data);
  if (problem !== undefined) {
    throw new ExperimentError([
      {
        place: "--data",
        message:
          problem === "missing"
            ? `the folder "${data}" does not exist`
            : problem === "file"
              ? `"${data}" is not a folder`
              : `the folder "${data}" cannot be read (${problem.reason})`,
        expected: "a folder that contains one folder per data set, such as mnist/",
      },
    ]);
  }
  return resolve(data);
}
