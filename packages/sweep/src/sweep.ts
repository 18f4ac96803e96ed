import type { Rng } from "@nn/tensor";
import { samplers } from "./catalog.ts";
import { checkDomain } from "./check-domain.ts";
import type { Assignment, Domains } from "./domain.ts";
import type { Problem } from "./problem.ts";
import type { SamplerDefinition } from "./sampler.ts";

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

/** The combinations to try, in order, of a search space that `checkSweep` found nothing wrong with. */
export function propose({ sampler, parameters }: SearchSpace, rng: Rng): Assignment[] {
  const { type, ...options } = sampler;
  return samplerOf(type).propose(parameters, options, rng);
}

/** An unknown type is not for people to see: the schema lists the types. */
function samplerOf(type: string): SamplerDefinition {
  const sampler = samplers.get(type);
  if (sampler !== undefined) return sampler;
  throw new RangeError(`no sampler of type "${type}"; there are ${[...samplers.keys()].join(", ")}`);
}
