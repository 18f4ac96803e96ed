import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { countTrials, type Experiment, type LoadedExperiment } from "@nn/experiment";
import {
  openRunDirectory,
  readJournal,
  type DatasetRecord,
  type JournalEvent,
  type RunDirectory,
} from "@nn/results";
import { describeEnvironment, readEnvironment, type RunOrigin } from "@nn/runner/environment";
import { stringify } from "yaml";

import { readExperiment } from "../runs/run-description.ts";

/** Reads the events of a run. Returns none if it has no journal. Throws RunDirectoryError. */
export function readEvents(run: string): readonly JournalEvent[] {
  const journal = join(run, "journal.jsonl");
  return existsSync(journal) ? readJournal(journal).events : [];
}

/**
 * Returns the origin of the run: the command that makes it. If the command reads the run's own copy of its
 * experiment, the recorded origin is kept. That copy contains the changes of `--set`, but not the folder of
 * the custom parts.
 */
export function originOf(experiment: Experiment, run: string, set: readonly string[]): RunOrigin {
  const recorded = readEnvironment(run);
  const isKept = isOwnCopy(experiment, run) && recorded.experiment !== null;
  return {
    experiment: isKept ? recorded.experiment : experiment.file,
    // These keys do not change the results, and the address of the executor may contain a password.
    set: isKept ? recorded.set : set.filter((assignment) => !/^(executor|keep|loggers)\b/.test(assignment)),
    trials: countTrials(experiment),
  };
}

/** Whether the experiment file is the copy in the folder of its own run. */
function isOwnCopy({ file }: Experiment, run: string): boolean {
  return existsSync(run) && realpathSync(dirname(file)) === realpathSync(run);
}

/**
 * Returns the experiment and its notices. The copy in a run of an older version does not contain `keep`. The
 * default could delete files that the run has kept, so the run then keeps all of them.
 */
export function keepFilesOfOlderRun(
  { experiment, notices }: Pick<LoadedExperiment, "experiment" | "notices">,
  results: string,
  set: readonly string[],
): Pick<LoadedExperiment, "experiment" | "notices"> {
  const isSet = set.some((assignment) => /^keep\b/.test(assignment));
  if (isSet || !isOwnCopy(experiment, join(results, experiment.name, experiment.fingerprint)))
    return { experiment, notices };
  if (readExperiment(experiment.file)["keep"] !== undefined) return { experiment, notices };
  const notice =
    `${relative(process.cwd(), experiment.file)} is of an older version, which did not record keep. The run ` +
    "therefore deletes no networks, outputs and checkpoints. To delete some, set keep";
  const keep = { networks: "all", outputs: "all", checkpoints: "all" } as const;
  return { experiment: { ...experiment, keep }, notices: [...notices, notice] };
}

/** Returns the text of the run's copy of its experiment. `keep` and `loggers` are not in the fingerprint. */
function formatOwnCopy({ resolved, keep, loggers }: Experiment): string {
  return stringify({ ...resolved, keep, ...(loggers.length > 0 && { loggers }) });
}

/**
 * Opens the run directory of an experiment, and writes the files that describe the run. Throws
 * RunDirectoryError.
 */
export function openDirectory(
  experiment: Experiment,
  folder: string,
  origin: RunOrigin,
  fresh = false,
): RunDirectory {
  return openRunDirectory({
    folder,
    fingerprint: experiment.fingerprint,
    name: experiment.name,
    sweptPaths: experiment.sweptPaths,
    withParents: experiment.continuesNetworks,
    files: {
      "experiment.yaml": formatOwnCopy(experiment),
      "environment.json": formatEnvironmentFile(join(folder, experiment.fingerprint), origin, fresh),
    },
    fresh,
  });
}

/**
 * Returns the text of environment.json at the start of a run. The recorded origin is kept, because only
 * training changes it, unless its experiment file does not exist: the file was moved. A damaged record is
 * written again.
 */
function formatEnvironmentFile(run: string, origin: RunOrigin, fresh: boolean): string {
  if (fresh) return describeEnvironment(origin);
  const recorded = readEnvironment(run);
  // If the file was lost, the journal still has the data.
  const data = recorded.data.length > 0 ? recorded.data : readRecordedData(run);
  if (recorded.trials === null) return describeEnvironment({ ...recorded, data, ...origin });
  const text = readFileSync(join(run, "environment.json"), "utf8");
  const hasMoved = recorded.experiment === null || !existsSync(recorded.experiment);
  const { experiment, set } = hasMoved ? origin : recorded;
  if (experiment === recorded.experiment && data.length === recorded.data.length) return text;
  return `${JSON.stringify({ ...Object(JSON.parse(text)), experiment, set, data }, null, 2)}\n`;
}

/** Returns the data sets in the journal of a run. The last record of a name counts. */
function readRecordedData(run: string): DatasetRecord[] {
  const records = new Map<string, DatasetRecord>();
  for (const event of readEvents(run)) {
    if (event.event !== "data") continue;
    const { event: _event, ...data } = event;
    records.set(data.name, data);
  }
  return [...records.values()];
}
