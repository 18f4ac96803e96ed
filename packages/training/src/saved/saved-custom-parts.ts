import { DatasetError } from "@nn/mnist";
import { readFileSync } from "@nn/platform/files";
import { createHash } from "@nn/platform/hash";
import { resolve } from "@nn/platform/path";
import { RunDirectoryError } from "@nn/results";

import { collectCustomTypes } from "../custom/custom-types.ts";
import type { TrialSpec } from "../trial-spec.ts";

/** The parts of a trial's spec that determine the outputs of its network. */
type NetworkBlocks = Pick<TrialSpec, "model" | "loss" | "evaluation">;

/**
 * Maps the path of each custom part of a network to the SHA-256 of its file, as hexadecimal digits. `folder`:
 * the folder that the paths are relative to. Files that a part imports are not included.
 */
export function hashCustomParts(
  { model, loss, evaluation }: NetworkBlocks,
  folder: string,
): Record<string, string> {
  const paths = [...new Set(collectCustomTypes([model, loss, evaluation]))].sort();
  return Object.fromEntries(
    paths.map((path) => [
      path,
      createHash("sha256")
        .update(readFileSync(resolve(folder, path)))
        .digest("hex"),
    ]),
  );
}

/** Names the custom parts of a network: `./a.ts and ./b.ts`. Empty if there are none. */
export function listCustomParts({ model, loss, evaluation }: NetworkBlocks): string {
  const paths = [...new Set(collectCustomTypes([model, loss, evaluation]))];
  return new Intl.ListFormat("en", { type: "conjunction" }).format(paths);
}

/**
 * Runs `work` with a saved network. Throws a RunDirectoryError in place of an error of its custom parts, for
 * example for a file that is missing, has a syntax error or throws. `source` names the network.
 */
export async function reportCustomPartErrors<Result>(
  { spec, source }: { readonly spec: TrialSpec; readonly source: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const parts = listCustomParts(spec);
  try {
    return await work();
  } catch (error) {
    const isOwn = error instanceof RunDirectoryError || error instanceof DatasetError;
    if (isOwn || parts === "") throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunDirectoryError(
      "custom-part",
      `${source} needs ${parts}, which cannot be used: ${reason.split("\n", 1).join("").replace(/\.$/, "")}. ` +
        `Restore the file as it was during the training, or run the experiment again.`,
      { cause: error },
    );
  }
}
