import { dirname, resolve } from "@nn/platform/path";

import type { ModelPlan } from "@nn/layers";
import { ProposalError, continuesNetworks, listSweptPaths } from "@nn/sweep";
import { createTrialFingerprinter, type TrialFingerprinter, type TrialSpec } from "@nn/training";

import type { Experiment, TrialProposer } from "./experiment.ts";
import type { ForecastInput } from "./checks/forecast-input.ts";
import { collectBatchNotices } from "./checks/batch-size.ts";
import { CustomPartError } from "./errors/custom-part-error.ts";
import { locateCause, type CauseCandidates } from "./errors/locate-cause.ts";
import { checkBudget } from "./sweep/check-budget.ts";
import { checkCombinations, checkTrialCount } from "./sweep/combinations.ts";
import { composeExperiment } from "./yaml/compose.ts";
import type { Executor } from "./schema/executors.ts";
import { defaultKeep, type KeepSpec } from "./schema/keep.ts";
import type { LoggerSpec } from "./schema/loggers.ts";
import { checkFiniteNumbers } from "./schema/finite.ts";
import { computeFingerprint } from "./fingerprint.ts";
import { arePartsValid, getSweepMetric, checkSpec, getSweep, type LoadedSpec } from "./checks/check-spec.ts";
import { fillDefaults, type JsonSchema } from "./schema/json-schema.ts";
import { toData, type LocatedMap } from "./yaml/located.ts";
import { noticeEqualConfigurations } from "./sweep/equal-configurations.ts";
import { countTrialLayers, getNetworkVariables, createNetworkSizeProvider } from "./checks/network-size.ts";
import { noticeIdleAssignments } from "./checks/idle-assignments.ts";
import { collectNotices, noticeDuplicateLoggers } from "./checks/notices.ts";
import { applyOverrides } from "./yaml/override.ts";
import {
  createDatasetInfoProvider,
  resolveDataPaths,
  type DatasetInfoProvider,
} from "./checks/dataset-info.ts";
import { loadCustomParts, type CustomParts } from "./custom-parts.ts";
import { builtInCatalogs, type Catalogs } from "./catalogs.ts";
import { Problems } from "./errors/problem.ts";
import { checkPruning } from "./sweep/check-pruning.ts";
import { createSchemaCheck, locateSchemaError, type SchemaCheck } from "./schema/schema-problems.ts";
import { createExperimentSchema } from "./schema/schema.ts";
import { explainCommonMistakes } from "./errors/yaml-mistakes.ts";
import type { ExperimentBody } from "./sweep/substitute.ts";
import { checkSearchSpace, checkSweptPaths, getDefaultGoal, type SweepBlock } from "./sweep/sweep.ts";
import { planTrial, type CheckContext } from "./checks/check-trial.ts";
import { proposeConfigurations, getTrialSpec, createTrials, type Configuration } from "./sweep/trials.ts";

/** Options of `loadExperiment`. */
export interface LoadOptions {
  /** `path=value` assignments, applied to the file in this order. */
  readonly set?: readonly string[];
  /** Called with progress while many data files are read. */
  readonly onFileChecked?: ((done: number, total: number) => void) | undefined;
  /** Whether the data are only evaluated, so that training images of a single class are no mistake. */
  readonly onlyEvaluates?: boolean | undefined;
}

/** An experiment, the network of its first trial, and the trials of later generations. */
export interface LoadedExperiment {
  readonly experiment: Experiment;
  readonly plan: ModelPlan;
  readonly next: TrialProposer;
  /** One line about each data set of the trials that provides a summary. */
  readonly dataSummaries: readonly string[];
  /** Notices about likely mistakes. A notice is a sentence without its final period. */
  readonly notices: readonly string[];
  /** Returns the forecast input of a trial's spec. */
  readonly forecastInputOf: (spec: TrialSpec) => ForecastInput;
  /** Returns the identity of a trial, which distinguishes it from trials of other runs. */
  readonly fingerprintTrial: TrialFingerprinter;
  /** The catalog entries that the experiment can use, including custom parts. */
  readonly catalogs: Catalogs;
  /** Maps the path of each custom part to the bytes of its file. */
  readonly customFiles: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads an experiment file, the files that it extends and the assignments of `set`, and checks the result.
 * Throws ExperimentError with all mistakes found. Writes no files.
 */
export async function loadExperiment(file: string, options: LoadOptions = {}): Promise<Experiment> {
  return (await loadExperimentPlan(file, options)).experiment;
}

/** Like `loadExperiment`, but also returns the planned network and more (`LoadedExperiment`). */
export async function loadExperimentPlan(
  file: string,
  { set = [], onFileChecked, onlyEvaluates }: LoadOptions = {},
): Promise<LoadedExperiment> {
  const problems = new Problems();
  const composed = composeExperiment(file, problems);
  if (composed === undefined) {
    problems.throwIfAny();
    throw new Error(`${file} was not read, but no mistake was reported.`);
  }

  const info = createDatasetInfoProvider(dirname(resolve(file)), onFileChecked, onlyEvaluates);
  const read = await readWith(set, composed, file, info, problems);
  try {
    const readWithFirst = (count: number): Promise<LoadedSpec> =>
      readWith(set.slice(0, count), composed, file, info, new Problems());
    return await checkAndPlan(read, { file, set, readWithFirst }, problems);
  } catch (error) {
    const failure = addSamplerName(error, getSweep(read));
    const problem = failure instanceof CustomPartError ? read.problemOf(failure) : undefined;
    if (problem === undefined) throw error;
    problems.add(problem);
    problems.throwIfAny();
    throw error;
  }
}

/** Converts a ProposalError to a CustomPartError of the sampler; returns any other error unchanged. */
function addSamplerName(error: unknown, sweep: Pick<SweepBlock, "sampler"> | undefined): unknown {
  if (!(error instanceof ProposalError) || sweep === undefined) return error;
  return new CustomPartError(`sampler ${sweep.sampler.type}`, error.message);
}

/** Checks an experiment that was read, and plans its trials. Throws ExperimentError with all mistakes. */
async function checkAndPlan(
  read: Read,
  written: Omit<CauseCandidates, "root">,
  problems: Problems,
): Promise<LoadedExperiment> {
  const { file } = written;
  const { info } = read;
  const { root, sources, check, catalogs, body, errors } = read;
  for (const error of explainCommonMistakes(errors, root, body.schema))
    problems.add(locateSchemaError(error, root));
  const block = getSweep(read);
  const swept =
    arePartsValid(read, "sweep.parameters") && block
      ? checkSweptPaths(root, body, check, block.parameters, problems)
      : [];
  const networkSizeOf = createNetworkSizeProvider(read);
  // Networks are planned only if no mistake was found so far.
  const sizing = problems.any
    ? undefined
    : { sizeOf: networkSizeOf, layers: countTrialLayers(getTrialSpec(body), read) };
  const sweep = block && { ...block, ...getNetworkVariables(body, swept, sizing) };
  if (arePartsValid(read, "sweep.parameters", "sweep.sampler") && sweep)
    checkSearchSpace(
      root,
      arePartsValid(read, "sweep.constraints") ? sweep : { ...sweep, constraints: [] },
      arePartsValid(read, "training.epochs") ? getTrialSpec(body).training.epochs : undefined,
      problems,
    );
  checkBudget(read, root, problems);
  checkPruning(read, swept, root, problems);
  for (const specError of checkSpec(read)) {
    const { message, expected, advice } = specError;
    const place = await locateCause(specError, { root, ...written });
    problems.add({ place, message, expected, advice });
  }
  problems.throwIfAny();

  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema check guarantees an object
  const everything = body.completed as Readonly<Record<string, unknown>> & RunOptions;
  const { executor, keep = defaultKeep, loggers = [], ...completed } = everything;
  const { name, description, seed, repeats } = getHead(completed);
  const all = proposeConfigurations(body, seed, sweep, swept, repeats);
  const configurations = all.next([]);
  /** Throws ExperimentError if one of these configurations cannot be trained. */
  const requireValid = (proposed: readonly Configuration[]): void => {
    if (sweep === undefined) return;
    const found = new Problems();
    checkCombinations(proposed, { body, swept, check, catalogs, info, sweep, root, problems: found });
    found.throwIfAny();
  };
  if (sweep !== undefined) {
    checkTrialCount(all.generations, repeats, { root, problems });
    problems.throwIfAny();
    requireValid([...configurations, ...all.drawLater()]);
  }

  const ranksBy = getSweepMetric(read) ?? "validation.accuracy";
  const experiment: Experiment = {
    name,
    description,
    seed,
    repeats,
    file: resolve(file),
    resolved: completed,
    fingerprint: computeFingerprint(completed, sweep?.parameters ?? {}, sources),
    sweptPaths: sweep === undefined ? [] : listSweptPaths(sweep.parameters),
    metric: ranksBy,
    goal: sweep?.goal ?? getDefaultGoal(ranksBy),
    generations: all.generations,
    trials: createTrials(configurations, { seed, repeats }),
    datasets: all.listDatasets(),
    continuesNetworks: sweep !== undefined && continuesNetworks(sweep),
    ...(sweep?.pruner !== undefined && { pruner: sweep.pruner }),
    keep,
    loggers,
    ...(executor !== undefined && { executor }),
    ...(sweep?.budget !== undefined && { budget: { ...sweep.budget, leftOut: all.leftOut } }),
  };
  const [first] = configurations;
  const specs = configurations.map(({ spec }) => spec);
  const plan = planTrial(first?.spec ?? getTrialSpec(body), read);
  const notices = [
    ...noticeIdleAssignments(written.set, Object.keys(sweep?.parameters ?? {})),
    ...collectNotices(experiment, sweep, specs, read),
    ...noticeEqualConfigurations(experiment, sweep, configurations),
    ...collectBatchNotices(specs, read),
    ...noticeDuplicateLoggers(loggers),
  ];
  if (plan.parameters === 0) notices.push("the network has no parameters, so there is nothing to learn");
  return {
    experiment,
    dataSummaries: [...new Set(configurations.flatMap(({ spec }) => info(spec.dataset).summary ?? []))],
    notices,
    plan,
    forecastInputOf: createForecastInputProvider(read),
    catalogs,
    customFiles: sources,
    fingerprintTrial: createTrialFingerprinter(seed, sources, networkSizeOf),
    next: (outcomes) => {
      try {
        const proposed = all.next(outcomes);
        // Random draws before the first trial find most, but not all, mistakes in later generations.
        if (outcomes.length > 0) requireValid(proposed);
        return createTrials(proposed, experiment, outcomes.length);
      } catch (error) {
        throw addSamplerName(error, sweep);
      }
    },
  };
}

/** Returns a function that plans the network of each spec once. */
function createForecastInputProvider(files: CheckContext): (spec: TrialSpec) => ForecastInput {
  const known = new Map<TrialSpec, ForecastInput>();
  return (spec) => {
    const input = known.get(spec) ?? { plan: planTrial(spec, files), info: files.info(spec.dataset) };
    known.set(spec, input);
    return input;
  };
}

interface Read extends LoadedSpec, CustomParts {
  readonly check: SchemaCheck;
  readonly unloadable: ReadonlySet<string>;
}

/** Applies assignments to a composed experiment and checks it against the schema. */
async function readWith(
  set: readonly string[],
  composed: LocatedMap,
  file: string,
  info: DatasetInfoProvider,
  problems: Problems,
): Promise<Read> {
  const overridden = resolveDataPaths(
    applyOverrides(composed, set, file, getCompiledSchema().schema, problems),
    file,
  );
  const custom = await loadCustomParts(overridden, file, problems);
  const { schema, check } = getCompiledSchema(custom.catalogs);
  const written = toData(custom.root);
  const body: ExperimentBody = { schema, written, completed: fillDefaults(schema, written) };
  return {
    ...custom,
    check,
    info,
    body,
    errors: checkFiniteNumbers(written, check(written)),
  };
}

interface CompiledSchema {
  readonly schema: JsonSchema;
  readonly check: SchemaCheck;
}

const compiled = new WeakMap<Catalogs, CompiledSchema>();

/** Returns the schema of these catalogs and its check. Both are cached, because compiling takes time. */
export function getCompiledSchema(catalogs: Catalogs = builtInCatalogs): CompiledSchema {
  const known = compiled.get(catalogs);
  if (known !== undefined) return known;
  const schema = createExperimentSchema(catalogs);
  const made = { schema, check: createSchemaCheck(schema) };
  compiled.set(catalogs, made);
  return made;
}

/** The keys of the file that do not change the results. */
interface RunOptions {
  readonly executor?: Executor;
  readonly keep?: KeepSpec;
  readonly loggers?: readonly LoggerSpec[];
}

interface Head {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
  readonly repeats: number;
}

function getHead(completed: Readonly<Record<string, unknown>>): Head {
  // The schema has been checked, and `fillDefaults` has filled in seed and repeats.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { description: "", ...(completed as Omit<Head, "description"> & Partial<Head>) };
}
