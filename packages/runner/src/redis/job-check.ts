import { resolve } from "node:path";

import {
  builtInCatalogs,
  getCompiledSchema,
  fillDefaults,
  createDatasetInfoProvider,
  checkSpec,
  getTrialSpec,
  checkFiniteNumbers,
  type Catalogs,
  type ExperimentBody,
} from "@nn/experiment";
import { loadPartCatalogs, type Trial } from "@nn/training";
import { workspaceFolder } from "../environment.ts";
import { computeCodeVersion } from "./code-version.ts";
import { checkCustomFiles } from "./custom-files.ts";
import type { Job } from "./job.ts";

/** A job that has been checked. */
export interface CheckedJob {
  readonly trial: Trial;
  /** Absolute path of the folder to which paths of custom data are relative. */
  readonly experimentFolder: string;
}

/**
 * Checks a job against the schema of experiments, like the trial of an experiment file on this machine. Loads
 * its custom parts. Returns the checked job, or an error message. Throws RemoteError if this machine cannot
 * load a custom part because its file is missing or different.
 */
export async function checkJob(job: Job, version = computeCodeVersion()): Promise<CheckedJob | string> {
  if (job.version !== version) {
    return (
      `it is for version ${job.version} of the code, but this worker has ${version}: check out the same ` +
      "commit on both machines"
    );
  }
  const experimentFolder = resolve(workspaceFolder, job.folder);
  const problem = checkCustomFiles(job, experimentFolder);
  if (problem !== undefined) return problem;
  try {
    return checkSpecOf(job, experimentFolder, await loadCatalogs(job, experimentFolder));
  } catch (error) {
    // Built-in parts do not throw here, so a custom part has thrown the error.
    return error instanceof Error ? error.message : String(error);
  }
}

let latest: { readonly key: string; readonly catalogs: Catalogs } | undefined;

/**
 * Returns the catalogs with the custom parts of a job. Caches the latest catalogs, so that their schema is
 * compiled only once for all trials of a run.
 */
async function loadCatalogs({ spec, files }: Job, experimentFolder: string): Promise<Catalogs> {
  if (files === undefined) return builtInCatalogs;
  const key = JSON.stringify([experimentFolder, files]);
  if (latest?.key !== key)
    latest = { key, catalogs: { ...builtInCatalogs, ...(await loadPartCatalogs(spec, experimentFolder)) } };
  return latest.catalogs;
}

function checkSpecOf(job: Job, experimentFolder: string, catalogs: Catalogs): CheckedJob | string {
  const { schema, check } = getCompiledSchema(catalogs);
  const written = { ...job.spec, name: "job" };
  const body: ExperimentBody = { schema, written, completed: fillDefaults(schema, written) };
  const errors = checkFiniteNumbers(written, check(written));
  const wrong = [
    ...errors,
    ...checkSpec({ body, errors, catalogs, info: createDatasetInfoProvider(experimentFolder) }),
  ];
  if (wrong.length > 0) {
    return wrong.map(({ message }) => message).join("; ");
  }
  const { trial: number, seed, configuration, end } = job;
  const spec = getTrialSpec(body);
  if (job.until > spec.training.epochs)
    return `until: expected at most ${spec.training.epochs} epochs, got ${job.until}`;
  const trial = {
    number,
    seed,
    configuration,
    parameters: {},
    spec,
    ...(end !== undefined && { until: end }),
  };
  return { trial, experimentFolder };
}
