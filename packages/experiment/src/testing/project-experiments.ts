import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the project's experiments, which may also contain experiments of users. */
export const experimentsFolder = fileURLToPath(new URL("../../../../experiments/", import.meta.url));

/**
 * Returns the experiments in the table of README.md. Other files in the folder belong to users and may be
 * unfinished.
 */
export function listProjectExperiments(): string[] {
  const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");
  return [...readme.matchAll(/^\| \[[^\]]+\]\(experiments\/([^)]+\.yaml)\)/gm)].map(([, file = ""]) => file);
}
