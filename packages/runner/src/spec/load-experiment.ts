import { resolve } from "node:path";

import type { LayerDefinition, ModelPlan } from "@nn/layers";

import type { Experiment } from "../experiment.ts";
import { checkCombinations } from "./combinations.ts";
import { compose } from "./compose.ts";
import { withFiniteNumbers } from "./finite.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { complete, isRecord, type JsonSchema } from "./json-schema.ts";
import { placeOf, toData, type Located } from "./located.ts";
import { checkMemory } from "./memory.ts";
import { override } from "./override.ts";
import { loadOwnLayers } from "./own-layers.ts";
import { Problems } from "./problem.ts";
import { compile, locate, type Check, type Fault } from "./schema-problems.ts";
import { experimentSchema } from "./schema.ts";
import type { Body } from "./substitute.ts";
import { checkSearchSpace, checkSweptPaths, type SweepBlock } from "./sweep.ts";
import { checkImages, checkLayers, checkOptimizer, planTrial, type Misfit } from "./trial-spec.ts";
import { configurationsOf, trialSpecOf, trialsOf } from "./trials.ts";

export interface LoadOptions {
  /** `path=value` each, put over the file in this order. */
  readonly set?: readonly string[];
}

/** An experiment and the network of its first trial. */
export interface LoadedExperiment {
  readonly experiment: Experiment;
  readonly plan: ModelPlan;
}

/**
 * Reads an experiment file, with what it extends and what `set` puts over it, and checks it whole. Throws SpecErrors with
 * every mistake that was found; writes nothing.
 */
export async function loadExperiment(file: string, options: LoadOptions = {}): Promise<Experiment> {
  return (await loadPlanned(file, options)).experiment;
}

/** As `loadExperiment`, with the network planned. */
export async function loadPlanned(file: string, { set = [] }: LoadOptions = {}): Promise<LoadedExperiment> {
  const problems = new Problems();
  const composed = compose(file, problems);
  const overridden = composed && override(composed, set, file, problems);
  if (overridden === undefined) {
    problems.throwIfAny();
    throw new Error(`${file}: nothing was read, and nothing was wrong`);
  }

  const { root, layers: ownLayers, sources } = await loadOwnLayers(overridden, file, problems);
  const { schema, check } = compiledSchema(ownLayers);
  const written = toData(root);
  const body: Body = { schema, written, completed: complete(schema, written) };
  const faults = withFiniteNumbers(written, check(written));
  for (const fault of faults) problems.add(locate(fault, root));

  const isSound = (...parts: string[]): boolean => parts.every((part) => partIsSound(part, body, faults));
  const sweep = sweepOf(body);
  const swept =
    isSound("sweep.parameters") && sweep
      ? checkSweptPaths(root, body, check, sweep.parameters, problems)
      : [];
  if (isSound("sweep.parameters", "sweep.sampler") && sweep) checkSearchSpace(root, sweep, problems);
  const metric = isSound("sweep.metric") ? sweep?.metric : undefined;
  checkFit(body, { isSound, ownLayers, metric, problems, root });
  problems.throwIfAny();

  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object, says the schema
  const completed = body.completed as Readonly<Record<string, unknown>>;
  const { name, description, seed, repeats } = headOf(completed);
  const configurations = configurationsOf(body, seed, sweep, swept);
  if (sweep !== undefined) {
    checkCombinations(configurations, { body, swept, check, ownLayers, sweep, root, repeats, problems });
    problems.throwIfAny();
  }

  const ranksBy = metric ?? "validation.accuracy";
  const experiment: Experiment = {
    name,
    description,
    seed,
    repeats,
    file: resolve(file),
    resolved: completed,
    fingerprint: fingerprintOf(completed, sources),
    sweptPaths: swept.map(({ text }) => text),
    metric: ranksBy,
    goal: sweep?.goal ?? (ranksBy.endsWith(".loss") ? "minimize" : "maximize"),
    trials: trialsOf(configurations, seed, repeats),
  };
  const [first] = configurations;
  return { experiment, plan: planTrial(first?.spec ?? trialSpecOf(body), ownLayers) };
}

interface CompiledSchema {
  readonly schema: JsonSchema;
  readonly check: Check;
}

let ofCatalogs: CompiledSchema | undefined;

/** Compiling takes as long as all the rest: the schema of the catalogs alone is compiled once. */
function compiledSchema(ownLayers: ReadonlyMap<string, LayerDefinition>): CompiledSchema {
  if (ownLayers.size === 0 && ofCatalogs !== undefined) return ofCatalogs;
  const schema = experimentSchema(ownLayers);
  const compiled = { schema, check: compile(schema) };
  if (ownLayers.size === 0) ofCatalogs = compiled;
  return compiled;
}

/** Whether a part of the experiment, such as `sweep.sampler`, is there and has no mistake in or around it. */
function partIsSound(part: string, { completed }: Body, faults: readonly Fault[]): boolean {
  const path = part.split(".");
  let value = completed;
  for (const step of path) value = isRecord(value) ? value[step] : undefined;
  if (value === undefined) return false;
  return !faults.some((fault) => path.every((step, index) => fault.path[index] === step));
}

interface FitContext {
  readonly isSound: (...parts: string[]) => boolean;
  readonly ownLayers: ReadonlyMap<string, LayerDefinition>;
  readonly metric: string | undefined;
  readonly problems: Problems;
  readonly root: Located;
}

/** What the schema cannot see, as far as the parts that it needs are right. */
function checkFit(body: Body, { isSound, ownLayers, metric, problems, root }: FitContext): void {
  const spec = isRecord(body.completed) ? trialSpecOf(body) : undefined;
  if (spec === undefined) return;
  const misfits: Misfit[] = [];
  if (isSound("dataset", "training")) misfits.push(...checkImages(spec, metric));
  if (isSound("optimizer")) misfits.push(...checkOptimizer(spec.optimizer));
  const areLayersKnown = (): boolean =>
    spec.model.layers.every(({ type }) => !/^\.{1,2}\//.test(type) || ownLayers.has(type));
  if (isSound("dataset", "model", "loss") && areLayersKnown()) {
    misfits.push(...checkLayers(spec, ownLayers));
    if (misfits.length === 0 && isSound("optimizer", "training"))
      misfits.push(...checkMemory(spec, ownLayers));
  }
  for (const { path, message, expected, advice } of misfits) {
    const { key, value } = placeOf(root, path);
    problems.add({ place: value.kind === "scalar" ? value.span : key, message, expected, advice });
  }
}

/** The `sweep` block, if there is one. Its parts may be used as far as they are sound. */
function sweepOf({ completed }: Body): SweepBlock | undefined {
  if (!isRecord(completed) || !isRecord(completed["sweep"])) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema is checked for each part before it is used
  return (completed as { readonly sweep?: SweepBlock }).sweep;
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
