import { readEnvironment } from "@nn/runner";

/**
 * Maps the names of the data sets of a run to the SHA-256 of their images and labels, as environment.json
 * records them. Empty if it cannot be read.
 */
export function readDataHashes(run: string): ReadonlyMap<string, string> {
  return new Map(
    readEnvironment(run).data.flatMap((record): [string, string][] => {
      const { name, sha256 } = Object(record);
      return typeof name === "string" && typeof sha256 === "string" ? [[name, sha256]] : [];
    }),
  );
}
