import { createRng, type Rng } from "@nn/tensor";
import { samplers } from "./catalog.ts";
import { checkDomain } from "./space/check-domain.ts";
import {
  explainUnsatisfiable,
  drawUntilSatisfied,
  createConstraintCheck,
  warnRarelySatisfied,
  withReplacements,
} from "./space/constrained.ts";
import { ConstraintError, parseConstraint, type Figures } from "./space/constraint.ts";
import type { WrittenDomains } from "./space/domain.ts";
import type { Problem } from "./problem.ts";
import { requireProposals } from "./proposal-error.ts";
import { objectiveOf } from "./rank.ts";
import type {
  Conditions,
  FinishedTrial,
  FixedSampler,
  TrialHistory,
  Proposal,
  SamplerDefinition,
} from "./sampler.ts";
import { dimensionOf } from "./space/dimension.ts";
import { byName, byPath, domainsOf, parametersOf, type Parameter } from "./space/space.ts";

/** The part of an experiment's `sweep` block that says what to try; it fits the schemas of this package. */
export interface SearchSpace {
  /** `type` names an entry of `samplers`; the rest are its options. */
  readonly sampler: { readonly type: string; readonly [option: string]: unknown };
  /** The catalog that `sampler` names an entry of; the built-in ones unless given. */
  readonly samplers?: SamplerCatalog;
  readonly parameters: WrittenDomains;
  /** Comparisons that every trial satisfies: `parseConstraint`. */
  readonly constraints?: readonly string[];
  /** What the constraints may name beside the swept paths. */
  readonly figures?: Figures;
  /**
   * So many combinations at most are drawn to see that there are some which satisfy the constraints: fewer
   * where figures take long.
   */
  readonly draws?: number;
}

/** Samplers by type name. */
export type SamplerCatalog = ReadonlyMap<string, SamplerDefinition>;

/** Of a sampler, beside its type. */
type Options = Readonly<Record<string, unknown>>;

/** All that is wrong with a search space beyond its schema. Paths lead from the `sweep` block. */
export function checkSweep(space: SearchSpace): Problem[] {
  const { sampler, parameters, constraints = [], figures, draws } = space;
  const problems: Problem[] = [];
  for (const [path, domain] of Object.entries(parameters)) {
    for (const { path: inside, message } of checkDomain(domain)) {
      problems.push({ path: ["parameters", path, ...inside], message });
    }
  }
  const { type: _type, ...options } = sampler;
  const definition = samplerOf(space);
  const all = parametersOf(parameters);
  const places = new Map(all.map(({ name, place }) => [name, place]));
  for (const { path, message } of definition.check(domainsOf(all), options, conditionsOf(all))) {
    const [part, name = "", ...inside] = path;
    const place = part === "parameters" ? places.get(String(name)) : undefined;
    problems.push({ path: place === undefined ? path : ["parameters", ...place, ...inside], message });
  }
  const wrong = constraints.flatMap((text, index) =>
    checkConstraint(text, parameters, figures, ["constraints", index]),
  );
  if (problems.length > 0 || wrong.length > 0 || constraints.length === 0) return [...problems, ...wrong];
  const holds = createConstraintCheck(constraints, parameters, figures);
  const message = isWhole(definition)
    ? explainUnsatisfiable(
        definition.propose(domainsOf(all), options, createRng(0), conditionsOf(all)),
        holds,
      )
    : warnRarelySatisfied(parameters, holds, draws);
  return message === undefined ? [] : [{ path: ["constraints"], message }];
}

function checkConstraint(
  text: string,
  parameters: WrittenDomains,
  figures: Figures | undefined,
  path: Problem["path"],
): Problem[] {
  try {
    parseConstraint(text, parameters, figures);
    return [];
  } catch (error) {
    if (error instanceof ConstraintError) return [{ path, message: error.message }];
    throw error;
  }
}

/** Whether the sampler of a search space needs the results of earlier trials. */
export function isAdaptive(space: NamedSampler): boolean {
  return "generations" in samplerOf(space);
}

/**
 * Whether the sampler of a search space decides itself who is trained on, so that no pruner may stop anybody.
 */
export function continuesTrainings(space: NamedSampler): boolean {
  return "continuesTrainings" in samplerOf(space);
}

/**
 * What the sampler cannot do with trainings of so many epochs, after `checkSweep` found nothing wrong. Paths
 * lead from the `sweep` block.
 */
export function checkLength(space: SearchSpace, epochs: number): Problem[] {
  const { type: _type, ...options } = space.sampler;
  const definition = samplerOf(space);
  return "generations" in definition ? (definition.checkLength?.(options, epochs) ?? []) : [];
}

/**
 * What the sampler's options make of a sweep of `count` combinations, where that may be a slip and may be
 * meant: sentences without their dots. After `checkSweep` found nothing wrong.
 */
export function noticesOf(space: SearchSpace, count: number): string[] {
  const { type: _type, ...options } = space.sampler;
  const definition = samplerOf(space);
  const all = parametersOf(space.parameters);
  const isOnce = isWhole(definition) || "continuesTrainings" in definition;
  const again = isOnce ? [] : repetitions(all, count);
  if (!("generations" in definition)) return again;
  return [...again, ...(definition.notices?.(options, domainsOf(all), count) ?? [])];
}

/** A notice where there are fewer combinations than are to be tried. */
function repetitions(parameters: readonly Parameter[], count: number): string[] {
  const combinations = combinationsOf(parameters);
  if (combinations >= count) return [];
  return [
    `${count} combinations are to be tried and there are ${combinations}: ` +
      `those tried again give the same results; the sampler grid tries each once`,
  ];
}

function combinationsOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((product, { domain }) => product * (dimensionOf(domain).size ?? Infinity), 1);
}

/**
 * Whether `count` combinations can all be different trainings: not where there are fewer, which `noticesOf`
 * tells, nor where networks are trained on.
 */
export function mayDiffer(space: SearchSpace, count: number): boolean {
  return !continuesTrainings(space) && combinationsOf(parametersOf(space.parameters)) >= count;
}

/**
 * How many combinations each generation has, of a search space that `checkSweep` found nothing wrong with.
 * Mostly there is one. `epochs`: of a whole training.
 */
export function generationsOf(space: SearchSpace, rng: Rng, epochs: number): number[] {
  const { type: _type, ...options } = space.sampler;
  const definition = samplerOf(space);
  if (!("generations" in definition)) return [propose(space, rng, epochs).length];
  return definition.generations(options, epochs, domainsOf(parametersOf(space.parameters)));
}

/**
 * The combinations of the generation that comes after `history`, in order; none when there is no further one.
 * `history` is all that earlier generations proposed, in order; RangeError if it ends within one. Both have
 * their values by path (`pathsOf`), and where a parameter does not exist in a trial none. An `until` is
 * before the last of the `epochs`.
 */
export function propose(
  space: SearchSpace,
  rng: Rng,
  epochs: number,
  history: TrialHistory = [],
): Proposal[] {
  const { sampler, parameters, constraints = [], figures } = space;
  const all = parametersOf(parameters);
  const holds = createConstraintCheck(constraints, parameters, figures);
  const known = history.map((ended): FinishedTrial => ({
    ...ended,
    // A sampler computes with objectives: what is not finite is none, whatever it was turned into on its way
    // here.
    objective: objectiveOf(ended.objective, "minimize"),
    parameters: byName(all, ended.parameters),
  }));
  const { type: _type, ...options } = sampler;
  const definition = samplerOf(space);
  const next = (ofThese: Options): Proposal[] => proposeNext(all, definition, ofThese, rng, epochs, known);
  const longer = "longer" in definition ? definition.longer?.bind(definition) : undefined;
  const proposed =
    longer === undefined
      ? next(options)
      : drawUntilSatisfied((times) => next(times === 1 ? options : longer(options, times)), holds);
  const allowed = isWhole(definition)
    ? proposed.filter((proposal) => holds(proposal.parameters))
    : withReplacements(proposed, parameters, holds, rng, known);
  const proposals: Proposal[] = [];
  for (const proposal of allowed) {
    proposals.push({ ...proposal, parameters: byPath(all, proposal.parameters) });
  }
  return proposals;
}

/** As `propose`, by name. */
function proposeNext(
  all: readonly Parameter[],
  definition: SamplerDefinition,
  options: Options,
  rng: Rng,
  epochs: number,
  history: TrialHistory,
): Proposal[] {
  const domains = domainsOf(all);
  if (!("generations" in definition)) {
    if (history.length > 0) return [];
    const assignments = definition.propose(domains, options, rng, conditionsOf(all));
    if (!Array.isArray(assignments)) requireProposals(assignments, all, undefined);
    const proposals = assignments.map((assignment) => ({ parameters: assignment }));
    if (isCustom(definition)) requireProposals(proposals, all, undefined);
    return proposals;
  }
  let from = 0;
  for (const count of definition.generations(options, epochs, domains)) {
    if (from === history.length) {
      const proposals = definition.proposeNext(domains, options, rng, history, count, conditionsOf(all));
      if (isCustom(definition)) requireProposals(proposals, all, count);
      return proposals.map((proposal) => withoutLastEpoch(proposal, epochs));
    }
    from += count;
  }
  if (from === history.length) return [];
  throw new RangeError(`${definition.type}: no generation begins after ${history.length} trials`);
}

function conditionsOf(parameters: readonly Parameter[]): Conditions {
  return Object.fromEntries(
    parameters.flatMap(({ name, condition }) => (condition === undefined ? [] : [[name, condition]])),
  );
}

/** Samplers don't know the last epoch; a training that would end there, or later, has no `until`. */
function withoutLastEpoch({ until, ...rest }: Proposal, epochs: number): Proposal {
  return until === undefined || until >= epochs ? rest : { ...rest, until };
}

/** What is built in is held to it by its tests. */
function isCustom(definition: SamplerDefinition): boolean {
  return samplers.get(definition.type) !== definition;
}

function isWhole(sampler: SamplerDefinition): sampler is FixedSampler {
  return "isWhole" in sampler && sampler.isWhole;
}

/** What says which sampler is meant. */
type NamedSampler = Pick<SearchSpace, "sampler" | "samplers">;

/** An unknown type is not for people to see: the schema lists the types. */
function samplerOf({ sampler: { type }, samplers: catalog = samplers }: NamedSampler): SamplerDefinition {
  const sampler = catalog.get(type);
  if (sampler !== undefined) return sampler;
  throw new RangeError(`no sampler of type "${type}"; there are ${[...catalog.keys()].join(", ")}`);
}
