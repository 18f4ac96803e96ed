import { dirname, resolve } from "@nn/platform/path";

import type { LayerDefinition, ModelPlan } from "@nn/layers";
import { continuesTrainings, pathsOf } from "@nn/sweep";
import { createIdentity, type IdentityOf, type TrialSpec } from "@nn/training";

import type { Experiment, NextTrials } from "./experiment.ts";
import type { ForecastInput } from "./checks/forecast-input.ts";
import { batchNotices } from "./checks/batches.ts";
import { locateCause } from "./errors/locate-cause.ts";
import { checkBudget } from "./sweep/check-budget.ts";
import { checkCombinations } from "./sweep/combinations.ts";
import { compose } from "./yaml/compose.ts";
import type { Executor } from "./schema/executors.ts";
import { checkFiniteNumbers } from "./schema/finite.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { areValid, metricOf, checkSpec, sweepOf, type LoadedSpec } from "./checks/check-spec.ts";
import { fillDefaults, type JsonSchema } from "./schema/json-schema.ts";
import { find, toData, type LocatedMap } from "./yaml/located.ts";
import { equalConfigurations } from "./sweep/equal-configurations.ts";
import { layersOf, networkFigures, createNetworkSize } from "./checks/network-size.ts";
import { noticesOf } from "./checks/notices.ts";
import { override } from "./yaml/override.ts";
import { createDatasetFacts, resolveDataPaths, type DatasetFactsOf } from "./checks/dataset-facts.ts";
import { loadCustomLayers } from "./custom-layers.ts";
import { Problems } from "./errors/problem.ts";
import { checkPruning } from "./sweep/check-pruning.ts";
import { createSchemaCheck, locate, type SchemaCheck } from "./schema/schema-problems.ts";
import { experimentSchema } from "./schema/schema.ts";
import { explainCommonMistakes } from "./errors/slips.ts";
import type { ExperimentBody } from "./sweep/substitute.ts";
import { checkSearchSpace, checkSweptPaths, goalOf } from "./sweep/sweep.ts";
import { planTrial, type CustomFiles } from "./checks/check-trial.ts";
import { configurationsOf, trialSpecOf, trialsOf } from "./sweep/trials.ts";

/** Options of `loadExperiment`. */
export interface LoadOptions {
  /** `path=value` each, put over the file in this order. */
  readonly set?: readonly string[];
  /** Called while many files of data are looked into: how many are done. */
  readonly onLook?: ((done: number, total: number) => void) | undefined;
}

/** An experiment, the network of its first trial, and what comes after its first generation. */
export interface LoadedExperiment {
  readonly experiment: Experiment;
  readonly plan: ModelPlan;
  readonly next: NextTrials;
  /** What the data of its trials are, in a line each, where their files say so. */
  readonly dataSummaries: readonly string[];
  /** What may be a slip, and may be meant: sentences without their dots. */
  readonly notices: readonly string[];
  /** Of the spec of one of its trials. */
  readonly forecastInputOf: (spec: TrialSpec) => ForecastInput;
  /** What tells its trials from those of other runs. */
  readonly identityOf: IdentityOf;
}

/**
 * Reads an experiment file, with what it extends and what `set` puts over it, and checks it whole. Throws
 * ExperimentError with every mistake that was found; writes nothing.
 */
export async function loadExperiment(file: string, options: LoadOptions = {}): Promise<Experiment> {
  return (await loadExperimentPlan(file, options)).experiment;
}

/** As `loadExperiment`, with the network planned. */
export async function loadExperimentPlan(
  file: string,
  { set = [], onLook }: LoadOptions = {},
): Promise<LoadedExperiment> {
  const problems = new Problems();
  const composed = compose(file, problems);
  if (composed === undefined) {
    problems.throwIfAny();
    throw new Error(`${file}: nothing was read, and nothing was wrong`);
  }

  const facts = createDatasetFacts(dirname(resolve(file)), onLook);
  const read = await readWith(set, composed, file, facts, problems);
  const { root, sources, check, customLayers, body, faults } = read;
  for (const fault of explainCommonMistakes(faults, root, body.schema)) problems.add(locate(fault, root));
  const block = sweepOf(body);
  const swept =
    areValid(read, "sweep.parameters") && block
      ? checkSweptPaths(root, body, check, block.parameters, problems)
      : [];
  const networkSizeOf = createNetworkSize(read);
  // Networks are planned of a file that has no mistake so far.
  const sizing = problems.any
    ? undefined
    : { sizeOf: networkSizeOf, layers: layersOf(trialSpecOf(body), read) };
  const sweep = block && { ...block, ...networkFigures(body, swept, sizing) };
  if (areValid(read, "sweep.parameters", "sweep.sampler") && sweep)
    checkSearchSpace(
      root,
      areValid(read, "sweep.constraints") ? sweep : { ...sweep, constraints: [] },
      areValid(read, "training.epochs") ? trialSpecOf(body).training.epochs : undefined,
      problems,
    );
  checkBudget(read, root, problems);
  checkPruning(read, swept, root, problems);
  const readWithFirst = (count: number): Promise<LoadedSpec> =>
    readWith(set.slice(0, count), composed, file, facts, new Problems());
  for (const specError of checkSpec(read)) {
    const { message, expected, advice } = specError;
    const place = await locateCause(specError, { root, file, set, readWithFirst });
    problems.add({ place, message, expected, advice });
  }
  if (areValid(read, "executor")) checkExecutor(read, problems);
  problems.throwIfAny();

  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object, says the schema
  const { executor, ...completed } = body.completed as Readonly<Record<string, unknown>> & {
    readonly executor?: Executor;
  };
  const { name, description, seed, repeats } = headOf(completed);
  const all = configurationsOf(body, seed, sweep, swept, repeats);
  const configurations = all.next([]);
  if (sweep !== undefined) {
    checkCombinations(configurations, all.generations, {
      body,
      swept,
      check,
      customLayers,
      facts,
      sweep,
      root,
      repeats,
      problems,
    });
    problems.throwIfAny();
  }

  const ranksBy = metricOf(read) ?? "validation.accuracy";
  const experiment: Experiment = {
    name,
    description,
    seed,
    repeats,
    file: resolve(file),
    resolved: completed,
    fingerprint: fingerprintOf(completed, sweep?.parameters ?? {}, sources),
    sweptPaths: sweep === undefined ? [] : pathsOf(sweep.parameters),
    metric: ranksBy,
    goal: sweep?.goal ?? goalOf(ranksBy),
    generations: all.generations,
    trials: trialsOf(configurations, { seed, repeats }),
    continuesTrainings: sweep !== undefined && continuesTrainings(sweep.sampler.type),
    ...(sweep?.pruner !== undefined && { pruner: sweep.pruner }),
    ...(executor !== undefined && { executor }),
    ...(sweep?.budget !== undefined && { budget: { ...sweep.budget, leftOut: all.leftOut } }),
  };
  const [first] = configurations;
  const specs = configurations.map(({ spec }) => spec);
  const plan = planTrial(first?.spec ?? trialSpecOf(body), read);
  const notices = [
    ...noticesOf(experiment, sweep, specs, facts),
    ...equalConfigurations(experiment, sweep, configurations),
    ...batchNotices(specs, read),
  ];
  if (plan.parameters === 0) notices.push("the network has no parameters, so there is nothing to learn");
  return {
    experiment,
    dataSummaries: [...new Set(configurations.flatMap(({ spec }) => facts(spec.dataset).summary ?? []))],
    notices,
    plan,
    forecastInputOf: forecastInputBy(read),
    identityOf: createIdentity(seed, sources, networkSizeOf),
    next: (outcomes) => trialsOf(all.next(outcomes), experiment, outcomes.length),
  };
}

/** Planned once a spec. */
function forecastInputBy(files: CustomFiles): (spec: TrialSpec) => ForecastInput {
  const known = new Map<TrialSpec, ForecastInput>();
  return (spec) => {
    const input = known.get(spec) ?? { plan: planTrial(spec, files), facts: files.facts(spec.dataset) };
    known.set(spec, input);
    return input;
  };
}

/** Layers of one's own are code, which goes to no other machine. */
function checkExecutor({ root, sources }: Read, problems: Problems): void {
  const type = find(root, ["executor", "type"]);
  const [layer] = sources.keys();
  if (type?.value.kind !== "scalar" || type.value.value !== "redis" || layer === undefined) return;
  problems.add({
    place: type.value.span,
    message: `${layer} cannot be trained by workers elsewhere: they run no code that an experiment brings along`,
    expected: "layers of the catalog",
    advice: "Train it on this machine, without an executor, or add the layer to packages/layers/src/layers.",
  });
}

interface Read extends LoadedSpec {
  readonly root: LocatedMap;
  readonly check: SchemaCheck;
  readonly sources: ReadonlyMap<string, Uint8Array>;
}

/** What was composed, with assignments put over it and held against the schema. */
async function readWith(
  set: readonly string[],
  composed: LocatedMap,
  file: string,
  facts: DatasetFactsOf,
  problems: Problems,
): Promise<Read> {
  const overridden = resolveDataPaths(override(composed, set, file, compiledSchema().schema, problems), file);
  const { root, layers: customLayers, sources } = await loadCustomLayers(overridden, file, problems);
  const { schema, check } = compiledSchema(customLayers);
  const written = toData(root);
  const body: ExperimentBody = { schema, written, completed: fillDefaults(schema, written) };
  return {
    root,
    sources,
    check,
    customLayers,
    facts,
    body,
    faults: checkFiniteNumbers(written, check(written)),
  };
}

interface CompiledSchema {
  readonly schema: JsonSchema;
  readonly check: SchemaCheck;
}

let ofCatalogs: CompiledSchema | undefined;

/** Assembling it takes its time: the schema of the catalogs alone is made once. */
export function compiledSchema(
  customLayers: ReadonlyMap<string, LayerDefinition> = new Map(),
): CompiledSchema {
  if (customLayers.size === 0 && ofCatalogs !== undefined) return ofCatalogs;
  const schema = experimentSchema(customLayers);
  const compiled = { schema, check: createSchemaCheck(schema) };
  if (customLayers.size === 0) ofCatalogs = compiled;
  return compiled;
}

interface Head {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
  readonly repeats: number;
}

function headOf(completed: Readonly<Record<string, unknown>>): Head {
  // The schema has been checked, and `fillDefaults` has put seed and repeats in.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { description: "", ...(completed as Omit<Head, "description"> & Partial<Head>) };
}
