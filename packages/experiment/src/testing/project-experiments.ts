import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the project's experiments, where people put their own too. */
export const experimentsFolder = fileURLToPath(new URL("../../../../experiments/", import.meta.url));

/**
 * The experiments that belong to the project, by the table of README.md: whatever else lies in that folder is
 * somebody's own, finished or not.
 */
export function projectExperiments(): string[] {
  const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");
  return [...readme.matchAll(/^\| \[[^\]]+\]\(experiments\/([^)]+\.yaml)\)/gm)].map(([, file = ""]) => file);
}
