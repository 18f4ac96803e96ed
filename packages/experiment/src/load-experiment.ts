import { dirname, resolve } from "node:path";

import type { LayerDefinition, ModelPlan } from "@nn/layers";
import { continuesTrainings, pathsOf } from "@nn/sweep";
import { identityBy, type IdentityOf, type TrialSpec } from "@nn/training";

import type { Experiment, NextTrials } from "./experiment.ts";
import type { ForecastInput } from "./checks/forecast-input.ts";
import { batchNotices } from "./checks/batches.ts";
import { placeToBlame } from "./errors/locate-cause.ts";
import { checkBudget } from "./sweep/check-budget.ts";
import { checkCombinations } from "./sweep/combinations.ts";
import { compose } from "./yaml/compose.ts";
import type { Executor } from "./schema/executors.ts";
import { withFiniteNumbers } from "./schema/finite.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { areSound, metricOf, misfitsOf, sweepOf, type Reading } from "./checks/check-spec.ts";
import { complete, type JsonSchema } from "./schema/json-schema.ts";
import { find, toData, type LocatedMap } from "./yaml/located.ts";
import { equalConfigurations } from "./sweep/equal-configurations.ts";
import { layersOf, networkFigures, networkSizeBy } from "./checks/network-size.ts";
import { noticesOf } from "./checks/notices.ts";
import { override } from "./yaml/override.ts";
import { factsBy, withOwnPaths, type Facts } from "./checks/dataset-facts.ts";
import { loadOwnLayers } from "./custom-layers.ts";
import { Problems } from "./errors/problem.ts";
import { checkPruning } from "./sweep/check-pruning.ts";
import { checkBy, locate, type Check } from "./schema/schema-problems.ts";
import { experimentSchema } from "./schema/schema.ts";
import { withSlips } from "./errors/slips.ts";
import type { Body } from "./sweep/substitute.ts";
import { checkSearchSpace, checkSweptPaths, goalOf } from "./sweep/sweep.ts";
import { planTrial, type OwnFiles } from "./checks/check-trial.ts";
import { configurationsOf, trialSpecOf, trialsOf } from "./sweep/trials.ts";

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
 * Reads an experiment file, with what it extends and what `set` puts over it, and checks it whole. Throws SpecErrors with
 * every mistake that was found; writes nothing.
 */
export async function loadExperiment(file: string, options: LoadOptions = {}): Promise<Experiment> {
  return (await loadPlanned(file, options)).experiment;
}

/** As `loadExperiment`, with the network planned. */
export async function loadPlanned(
  file: string,
  { set = [], onLook }: LoadOptions = {},
): Promise<LoadedExperiment> {
  const problems = new Problems();
  const composed = compose(file, problems);
  if (composed === undefined) {
    problems.throwIfAny();
    throw new Error(`${file}: nothing was read, and nothing was wrong`);
  }

  const facts = factsBy(dirname(resolve(file)), onLook);
  const read = await readWith(set, composed, file, facts, problems);
  const { root, sources, check, ownLayers, body, faults } = read;
  for (const fault of withSlips(faults, root, body.schema)) problems.add(locate(fault, root));
  const block = sweepOf(body);
  const swept =
    areSound(read, "sweep.parameters") && block
      ? checkSweptPaths(root, body, check, block.parameters, problems)
      : [];
  const networkSizeOf = networkSizeBy(read);
  // Networks are planned of a file that has no mistake so far.
  const sizing = problems.any
    ? undefined
    : { sizeOf: networkSizeOf, layers: layersOf(trialSpecOf(body), read) };
  const sweep = block && { ...block, ...networkFigures(body, swept, sizing) };
  if (areSound(read, "sweep.parameters", "sweep.sampler") && sweep)
    checkSearchSpace(
      root,
      areSound(read, "sweep.constraints") ? sweep : { ...sweep, constraints: [] },
      areSound(read, "training.epochs") ? trialSpecOf(body).training.epochs : undefined,
      problems,
    );
  checkBudget(read, root, problems);
  checkPruning(read, swept, root, problems);
  const readWithFirst = (count: number): Promise<Reading> =>
    readWith(set.slice(0, count), composed, file, facts, new Problems());
  for (const misfit of misfitsOf(read)) {
    const { message, expected, advice } = misfit;
    const place = await placeToBlame(misfit, { root, file, set, readWithFirst });
    problems.add({ place, message, expected, advice });
  }
  if (areSound(read, "executor")) checkExecutor(read, problems);
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
      ownLayers,
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
    identityOf: identityBy(seed, sources, networkSizeOf),
    next: (outcomes) => trialsOf(all.next(outcomes), experiment, outcomes.length),
  };
}

/** Planned once a spec. */
function forecastInputBy(files: OwnFiles): (spec: TrialSpec) => ForecastInput {
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

interface Read extends Reading {
  readonly root: LocatedMap;
  readonly check: Check;
  readonly sources: ReadonlyMap<string, Uint8Array>;
}

/** What was composed, with assignments put over it and held against the schema. */
async function readWith(
  set: readonly string[],
  composed: LocatedMap,
  file: string,
  facts: Facts,
  problems: Problems,
): Promise<Read> {
  const overridden = withOwnPaths(override(composed, set, file, compiledSchema().schema, problems), file);
  const { root, layers: ownLayers, sources } = await loadOwnLayers(overridden, file, problems);
  const { schema, check } = compiledSchema(ownLayers);
  const written = toData(root);
  const body: Body = { schema, written, completed: complete(schema, written) };
  return { root, sources, check, ownLayers, facts, body, faults: withFiniteNumbers(written, check(written)) };
}

interface CompiledSchema {
  readonly schema: JsonSchema;
  readonly check: Check;
}

let ofCatalogs: CompiledSchema | undefined;

/** Assembling it takes its time: the schema of the catalogs alone is made once. */
export function compiledSchema(ownLayers: ReadonlyMap<string, LayerDefinition> = new Map()): CompiledSchema {
  if (ownLayers.size === 0 && ofCatalogs !== undefined) return ofCatalogs;
  const schema = experimentSchema(ownLayers);
  const compiled = { schema, check: checkBy(schema) };
  if (ownLayers.size === 0) ofCatalogs = compiled;
  return compiled;
}

interface Head {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
  readonly repeats: number;
}

function headOf(completed: Readonly<Record<string, unknown>>): Head {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema has been checked, and `complete` has put seed and repeats in
  return { description: "", ...(completed as Omit<Head, "description"> & Partial<Head>) };
}
