import { createRng, type Rng } from "@nn/tensor";
import { samplers } from "./catalog.ts";
import { checkDomain } from "./space/check-domain.ts";
import {
  explainUnsatisfiable,
  drawUntilSatisfied,
  createConstraintCheck,
  explainRarelySatisfiable,
  replaceViolatingProposals,
} from "./space/constrained.ts";
import { ConstraintError } from "./space/constraint-error.ts";
import type { DerivedVariables } from "./space/constraint-term.ts";
import { parseConstraint } from "./space/constraint.ts";
import type { DomainSpecs } from "./space/domain.ts";
import type { Problem } from "./problem.ts";
import { validateProposals } from "./proposal-error.ts";
import { toObjective } from "./rank.ts";
import type {
  Conditions,
  FinishedTrial,
  FixedSampler,
  TrialHistory,
  Proposal,
  SamplerDefinition,
} from "./sampler.ts";
import { toDimension } from "./space/dimension.ts";
import { keyByName, keyByPath, getDomains, listParameters, type Parameter } from "./space/space.ts";

/**
 * The part of an experiment's `sweep` block that defines the trials. It matches the schemas of this package.
 */
export interface SearchSpace {
  /** `type` names an entry of `samplers`; the other keys are its options. */
  readonly sampler: { readonly type: string; readonly [option: string]: unknown };
  /** The available samplers; by default, the built-in ones. */
  readonly samplers?: SamplerCatalog;
  readonly parameters: DomainSpecs;
  /** Comparisons that every trial must satisfy (`parseConstraint`). */
  readonly constraints?: readonly string[];
  /** The derived variables that constraints may name, in addition to the swept paths. */
  readonly derivedVariables?: DerivedVariables;
  /**
   * Maximum number of combinations that `checkSweep` draws to check whether some satisfy the constraints. Set
   * it lower than the default if derived variables are slow to compute.
   */
  readonly draws?: number;
}

/** Samplers by type name. */
export type SamplerCatalog = ReadonlyMap<string, SamplerDefinition>;

/** The options of a sampler, without its type. */
type Options = Readonly<Record<string, unknown>>;

/** Returns the problems of a search space that its schema cannot detect. Paths start at the `sweep` block. */
export function checkSweep(space: SearchSpace): Problem[] {
  const { sampler, parameters, constraints = [], derivedVariables, draws } = space;
  const problems: Problem[] = [];
  for (const [path, domain] of Object.entries(parameters)) {
    for (const { path: inside, message } of checkDomain(domain)) {
      problems.push({ path: ["parameters", path, ...inside], message });
    }
  }
  const { type: _type, ...options } = sampler;
  const definition = samplerOf(space);
  const all = listParameters(parameters);
  const domainPaths = new Map(all.map(({ name, domainPath }) => [name, domainPath]));
  for (const { path, message } of definition.check(getDomains(all), options, conditionsOf(all))) {
    const [part, name = "", ...inside] = path;
    const domainPath = part === "parameters" ? domainPaths.get(String(name)) : undefined;
    problems.push({
      path: domainPath === undefined ? path : ["parameters", ...domainPath, ...inside],
      message,
    });
  }
  const wrong = constraints.flatMap((text, index) =>
    checkConstraint(text, parameters, derivedVariables, ["constraints", index]),
  );
  if (problems.length > 0 || wrong.length > 0 || constraints.length === 0) return [...problems, ...wrong];
  const holds = createConstraintCheck(constraints, parameters, derivedVariables);
  const message = isExhaustive(definition)
    ? explainUnsatisfiable(
        definition.propose(getDomains(all), options, createRng(0), conditionsOf(all)),
        holds,
      )
    : explainRarelySatisfiable(parameters, holds, draws);
  if (message === undefined) return [];
  // A constraint that asks for a text that no trial has is the reason. One with != always holds.
  const [notice] = constraintNotices({
    ...space,
    constraints: constraints.filter((text) => text.includes("==")),
  });
  if (notice === undefined) return [{ path: ["constraints"], message }];
  const [problem = ""] = message.split("; ");
  return [{ path: ["constraints"], message: `${problem}: ${notice}` }];
}

function checkConstraint(
  text: string,
  parameters: DomainSpecs,
  derivedVariables: DerivedVariables | undefined,
  path: Problem["path"],
): Problem[] {
  try {
    parseConstraint(text, parameters, derivedVariables);
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
 * Whether the sampler of a search space continues the networks of earlier trials. If so, the sweep must not
 * have a pruner.
 */
export function continuesNetworks(space: NamedSampler): boolean {
  return "continuesNetworks" in samplerOf(space);
}

/**
 * Returns the problems of the sampler's options if trials train for `epochs` epochs. The space must have
 * passed `checkSweep`. Paths start at the `sweep` block.
 */
export function checkEpochs(space: SearchSpace, epochs: number): Problem[] {
  const { type: _type, ...options } = space.sampler;
  const definition = samplerOf(space);
  return "generations" in definition ? (definition.checkEpochs?.(options, epochs) ?? []) : [];
}

/**
 * Returns notices about likely mistakes in a sweep of `count` combinations. A notice is a sentence without
 * its final period. The space must have passed `checkSweep`.
 */
export function collectSweepNotices(space: SearchSpace, count: number): string[] {
  const { type: _type, ...options } = space.sampler;
  const definition = samplerOf(space);
  const all = listParameters(space.parameters);
  const isOnce = isExhaustive(definition) || "continuesNetworks" in definition;
  const own = [...constraintNotices(space), ...(isOnce ? [] : repetitions(all, count))];
  if (!("generations" in definition)) return own;
  return [...own, ...(definition.notices?.(options, getDomains(all), count) ?? [])];
}

function constraintNotices({ constraints = [], parameters, derivedVariables }: SearchSpace): string[] {
  return constraints.flatMap((text) => parseConstraint(text, parameters, derivedVariables).notice ?? []);
}

/** Returns a notice if the space has fewer combinations than the sweep tries. */
function repetitions(parameters: readonly Parameter[], count: number): string[] {
  const combinations = combinationsOf(parameters);
  if (combinations >= count) return [];
  return [
    `the sweep tries ${count} combinations, but there ${combinations === 1 ? "is" : "are"} only ${combinations}: ` +
      `repeated combinations give the same results; the sampler grid tries each once`,
  ];
}

function combinationsOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((product, { domain }) => product * (toDimension(domain).size ?? Infinity), 1);
}

/**
 * Whether `count` combinations can all be different trials. Returns false if the space has fewer
 * combinations, or if the sampler continues the networks of earlier trials.
 */
export function canBeDistinct(space: SearchSpace, count: number): boolean {
  return !continuesNetworks(space) && combinationsOf(listParameters(space.parameters)) >= count;
}

/**
 * Returns the number of combinations in each generation; usually there is a single generation. The space must
 * have passed `checkSweep`. `epochs` is the number of epochs of a trial that is not stopped early.
 */
export function getGenerationSizes(space: SearchSpace, rng: Rng, epochs: number): number[] {
  const { type: _type, ...options } = space.sampler;
  const definition = samplerOf(space);
  if (!("generations" in definition)) return [proposeCombinations(space, rng, epochs).length];
  return definition.generations(options, epochs, getDomains(listParameters(space.parameters)));
}

/**
 * Returns the combinations of the generation after `history`, in order. Returns none after the last
 * generation. `history` holds the trials of all earlier generations, in order. Throws RangeError if the
 * sampler is adaptive and the history ends within a generation.
 *
 * Values are keyed by path (`listSweptPaths`), without the parameters that do not exist in a trial. An
 * `until` is always below `epochs`.
 */
export function proposeCombinations(
  space: SearchSpace,
  rng: Rng,
  epochs: number,
  history: TrialHistory = [],
): Proposal[] {
  const { sampler, parameters, constraints = [], derivedVariables } = space;
  const all = listParameters(parameters);
  const holds = createConstraintCheck(constraints, parameters, derivedVariables);
  const known = history.map((ended): FinishedTrial => ({
    ...ended,
    // Samplers compute with objectives, so an infinite one or NaN becomes undefined.
    objective: toObjective(ended.objective, "minimize"),
    parameters: keyByName(all, ended.parameters),
  }));
  const { type: _type, ...options } = sampler;
  const definition = samplerOf(space);
  const next = (ofThese: Options): Proposal[] => proposeNext(all, definition, ofThese, rng, epochs, known);
  const lengthen = "lengthen" in definition ? definition.lengthen?.bind(definition) : undefined;
  const proposed =
    lengthen === undefined
      ? next(options)
      : drawUntilSatisfied((times) => next(times === 1 ? options : lengthen(options, times)), holds);
  const allowed = isExhaustive(definition)
    ? proposed.filter((proposal) => holds(proposal.parameters))
    : replaceViolatingProposals(proposed, parameters, holds, rng, known);
  const proposals: Proposal[] = [];
  for (const proposal of allowed) {
    proposals.push({ ...proposal, parameters: keyByPath(all, proposal.parameters) });
  }
  return proposals;
}

/** Like `proposeCombinations`, but with values keyed by parameter name and without constraints. */
function proposeNext(
  all: readonly Parameter[],
  definition: SamplerDefinition,
  options: Options,
  rng: Rng,
  epochs: number,
  history: TrialHistory,
): Proposal[] {
  const domains = getDomains(all);
  if (!("generations" in definition)) {
    if (history.length > 0) return [];
    const assignments = definition.propose(domains, options, rng, conditionsOf(all));
    if (!Array.isArray(assignments)) validateProposals(assignments, all, undefined);
    const proposals = assignments.map((assignment) => ({ parameters: assignment }));
    if (isCustom(definition)) validateProposals(proposals, all, undefined);
    return proposals;
  }
  let from = 0;
  for (const count of definition.generations(options, epochs, domains)) {
    if (from === history.length) {
      const proposals = definition.proposeNext(domains, options, rng, history, count, conditionsOf(all));
      if (isCustom(definition)) validateProposals(proposals, all, count, history.length);
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

/**
 * Removes an `until` that is not before the last epoch, because `proposeNext` does not receive the number of
 * epochs.
 */
function withoutLastEpoch({ until, ...rest }: Proposal, epochs: number): Proposal {
  return until === undefined || until >= epochs ? rest : { ...rest, until };
}

/** Whether a sampler is custom. Only its proposals are checked here; tests check the built-in samplers. */
function isCustom(definition: SamplerDefinition): boolean {
  return samplers.get(definition.type) !== definition;
}

function isExhaustive(sampler: SamplerDefinition): sampler is FixedSampler {
  return "isExhaustive" in sampler && sampler.isExhaustive;
}

/** The part of a search space that identifies its sampler. */
type NamedSampler = Pick<SearchSpace, "sampler" | "samplers">;

/**
 * Returns the sampler of a search space. Throws RangeError for an unknown type; users never see this error,
 * because the schema lists the types.
 */
function samplerOf({ sampler: { type }, samplers: catalog = samplers }: NamedSampler): SamplerDefinition {
  const sampler = catalog.get(type);
  if (sampler !== undefined) return sampler;
  throw new RangeError(`no sampler of type "${type}"; there are ${[...catalog.keys()].join(", ")}`);
}
