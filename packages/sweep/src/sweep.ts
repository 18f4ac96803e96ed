import type { Rng } from "@nn/tensor";
import { samplers } from "./catalog.ts";
import { checkDomain } from "./check-domain.ts";
import type { Domains } from "./domain.ts";
import type { Problem } from "./problem.ts";
import type { History, Proposal, SamplerDefinition } from "./sampler.ts";

/** The part of an experiment's `sweep` block that says what to try; it fits the schemas of this package. */
export interface SearchSpace {
  /** `type` names an entry of `samplers`; the rest are its options. */
  readonly sampler: { readonly type: string; readonly [option: string]: unknown };
  readonly parameters: Domains;
}

/** All that is wrong with a search space beyond its schema. Paths lead from the `sweep` block. */
export function checkSweep({ sampler, parameters }: SearchSpace): Problem[] {
  const problems: Problem[] = [];
  for (const [path, domain] of Object.entries(parameters)) {
    for (const { path: inside, message } of checkDomain(domain)) {
      problems.push({ path: ["parameters", path, ...inside], message });
    }
  }
  const { type, ...options } = sampler;
  return [...problems, ...samplerOf(type).check(parameters, options)];
}

/** Whether the sampler of that type needs the results of earlier trials. */
export function isAdaptive(type: string): boolean {
  return "generations" in samplerOf(type);
}

/** How many combinations each generation has, of a search space that `checkSweep` found nothing wrong with. Mostly there is one. `epochs`: of a whole training. */
export function generationsOf({ sampler, parameters }: SearchSpace, rng: Rng, epochs: number): number[] {
  const { type, ...options } = sampler;
  const definition = samplerOf(type);
  if ("generations" in definition) return definition.generations(options, epochs, parameters);
  return [definition.propose(parameters, options, rng).length];
}

/**
 * The combinations of the generation that comes after `history`, in order; none when there is no further one. `history` is all that
 * earlier generations proposed, in order; RangeError if it ends within one. An `until` is before the last of the `epochs`.
 */
export function propose(
  { sampler, parameters }: SearchSpace,
  rng: Rng,
  epochs: number,
  history: History = [],
): Proposal[] {
  const { type, ...options } = sampler;
  const definition = samplerOf(type);
  if (!("generations" in definition)) {
    if (history.length > 0) return [];
    return definition.propose(parameters, options, rng).map((assignment) => ({ parameters: assignment }));
  }
  let from = 0;
  for (const count of definition.generations(options, epochs, parameters)) {
    if (from === history.length) {
      const proposals = definition.proposeNext(parameters, options, rng, history, count);
      return proposals.map((proposal) => withoutLastEpoch(proposal, epochs));
    }
    from += count;
  }
  if (from === history.length) return [];
  throw new RangeError(`${type}: no generation begins after ${history.length} trials`);
}

/** Samplers don't know the last epoch; a training that would end there, or later, has no `until`. */
function withoutLastEpoch({ until, ...rest }: Proposal, epochs: number): Proposal {
  return until === undefined || until >= epochs ? rest : { ...rest, until };
}

/** An unknown type is not for people to see: the schema lists the types. */
function samplerOf(type: string): SamplerDefinition {
  const sampler = samplers.get(type);
  if (sampler !== undefined) return sampler;
  throw new RangeError(`no sampler of type "${type}"; there are ${[...samplers.keys()].join(", ")}`);
}
