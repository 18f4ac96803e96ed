import { join } from "node:path";

import { writeFileAtomically } from "@nn/results";

import { describeEnvironment, readEnvironment, type RunEnvironment } from "./environment.ts";

/** Changes values in the environment.json of a run directory. Throws RunDirectoryError. */
export function updateEnvironment(folder: string, changes: Partial<RunEnvironment>): void {
  const environment = describeEnvironment({ ...readEnvironment(folder), ...changes });
  writeFileAtomically(join(folder, "environment.json"), environment);
}
