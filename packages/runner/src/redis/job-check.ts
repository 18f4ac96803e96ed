import { resolve } from "node:path";

import {
  compiledSchema,
  fillDefaults,
  createDatasetFacts,
  checkSpec,
  trialSpecOf,
  checkFiniteNumbers,
  type ExperimentBody,
} from "@nn/experiment";
import { customTypes, type Trial } from "@nn/training";
import { workspaceFolder } from "../environment.ts";
import { codeVersion } from "./code-version.ts";
import type { Job } from "./job.ts";

/** A job that has been checked. */
export interface CheckedJob {
  readonly trial: Trial;
  /** Absolute path that paths to custom data are relative to. */
  readonly experimentFolder: string;
}

/**
 * Checks a job against the schema of experiments, as if its trial were in a file on this machine. Returns the
 * job, or what is wrong with it.
 */
export function checkJob(job: Job, version = codeVersion()): CheckedJob | string {
  if (job.version !== version) {
    return `it is for version ${job.version} of the code, but this worker has ${version}: check out the same commit on both machines`;
  }
  const [own] = customTypes([job.spec]);
  if (own !== undefined) return `it uses ${own}, but a worker runs only its own code`;

  const experimentFolder = resolve(workspaceFolder, job.folder);
  const { schema, check } = compiledSchema();
  const written = { ...job.spec, name: "job" };
  const body: ExperimentBody = { schema, written, completed: fillDefaults(schema, written) };
  const faults = checkFiniteNumbers(written, check(written));
  const wrong = [
    ...faults,
    ...checkSpec({ body, faults, customLayers: new Map(), facts: createDatasetFacts(experimentFolder) }),
  ];
  if (wrong.length > 0) {
    return wrong.map(({ message }) => message).join("; ");
  }
  const { trial: number, seed, configuration, end } = job;
  const spec = trialSpecOf(body);
  if (job.until > spec.training.epochs)
    return `until: it has ${spec.training.epochs} epochs instead of ${job.until}`;
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
