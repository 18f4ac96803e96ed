import { createHash } from "node:crypto";
import { isAbsolute, relative, sep } from "node:path";

import type { DatasetRecord } from "@nn/results";
import { collectCustomTypes, type TrialAssignment } from "@nn/training";

import { workspaceFolder } from "../environment.ts";
import type { Job } from "./job.ts";
import { serialize } from "./serialization.ts";

/** The names, data and custom parts that the jobs of a run share. */
export interface SharedInputs {
  readonly run: string;
  readonly name: string;
  readonly version: string;
  readonly data: readonly DatasetRecord[];
  /** The path of each custom part → the bytes of its file. */
  readonly customFiles?: ReadonlyMap<string, Uint8Array> | undefined;
}

/** All that a worker needs to train a job, except its ticket. */
export type JobPayload = Omit<Job, "ticket">;

/** Returns the payload of a training segment. `recorded` is the number of its epochs in the journal. */
export function createJobPayload(
  { run, version, name, data, customFiles }: SharedInputs,
  { trial, ...assignment }: TrialAssignment,
  recorded: number,
): JobPayload {
  const files = [...new Set(collectCustomTypes(trial.spec))].map((path) => ({
    path,
    sha256: createHash("sha256")
      .update(customFiles?.get(path) ?? "")
      .digest("hex"),
  }));
  const folder = relative(workspaceFolder, assignment.experimentFolder);
  const isInside = !folder.startsWith("..") && !isAbsolute(folder);
  return {
    version,
    run,
    name,
    trial: trial.number,
    configuration: trial.configuration,
    seed: trial.seed,
    spec: { ...trial.spec },
    until: assignment.until,
    ...(trial.until !== undefined && { end: trial.until }),
    ...(assignment.startFrom !== undefined && { continues: true }),
    recorded,
    checkpointSeconds: assignment.checkpointSeconds,
    experimentSeed: assignment.experimentSeed,
    metric: assignment.metric,
    goal: assignment.goal,
    folder: isInside ? folder.split(sep).join("/") : assignment.experimentFolder,
    ...(files.length > 0 && { files }),
    // The job contains all data of the run, because the name of custom data contains more than the type. A
    // worker searches only for the data of the trial.
    data: data.map(({ name, source, sha256 }) => ({ name, source, sha256 })),
  };
}

/** Returns a hash of all inputs of the outcome. */
export function hashJob({ recorded: _recorded, checkpointSeconds: _seconds, ...inputs }: JobPayload): string {
  return createHash("sha256").update(serialize(inputs)).digest("hex");
}
