import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the project's experiments, which may also contain people's own. */
export const experimentsFolder = fileURLToPath(new URL("../../../../experiments/", import.meta.url));

/**
 * Returns the experiments in the table of README.md. Other files in that folder belong to people, finished or
 * not.
 */
export function projectExperiments(): string[] {
  const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");
  return [...readme.matchAll(/^\| \[[^\]]+\]\(experiments\/([^)]+\.yaml)\)/gm)].map(([, file = ""]) => file);
}
