import { statSync } from "node:fs";
import { join, resolve } from "node:path";

import { ExperimentError } from "@nn/experiment";
import { workspaceFolder } from "@nn/runner/environment";

/**
 * The folder of `--data`, or that of the workspace. One that was named must be there; the usual one is made
 * when something is downloaded. Throws ExperimentError.
 */
export function dataFolderOf({ data }: { readonly data?: string | undefined }): string {
  if (data === undefined) return join(workspaceFolder, "data");
  const stats = statSync(data, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) {
    throw new ExperimentError([
      {
        place: "--data",
        message: stats === undefined ? `there is no folder "${data}"` : `"${data}" is not a folder`,
        expected: "a folder with a folder for each data set in it, such as mnist/",
      },
    ]);
  }
  return resolve(data);
}
