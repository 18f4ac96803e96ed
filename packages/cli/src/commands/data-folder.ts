import { statSync } from "node:fs";
import { join, resolve } from "node:path";

import { ExperimentError } from "@nn/experiment";
import { workspaceFolder } from "@nn/runner/environment";

/**
 * Returns the folder of `--data`, or the workspace's data folder. Throws ExperimentError if the folder of
 * `--data` does not exist. The default folder need not exist, because the first download creates it.
 */
export function resolveDataFolder({ data }: { readonly data?: string | undefined }): string {
  if (data === undefined) return join(workspaceFolder, "data");
  const stats = statSync(data, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) {
    throw new ExperimentError([
      {
        place: "--data",
        message: stats === undefined ? `the folder "${data}" does not exist` : `"${data}" is not a folder`,
        expected: "a folder that contains one folder per data set, such as mnist/",
      },
    ]);
  }
  return resolve(data);
}
