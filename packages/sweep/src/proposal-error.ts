import { domainContains } from "./space/contains.ts";
import { getExistingParameters, type Parameter } from "./space/space.ts";

/** Thrown if the proposals of a custom sampler are not valid. The message is part of a sentence. */
export class ProposalError extends Error {
  override readonly name = "ProposalError";
}

/**
 * Throws ProposalError unless `proposals` is a list of combinations in which every existing parameter has a
 * value of its domain. `count` is the required number of combinations, or undefined if any number is allowed.
 */
export function validateProposals(
  proposals: unknown,
  all: readonly Parameter[],
  count: number | undefined,
): void {
  if (!Array.isArray(proposals))
    throw new ProposalError(`a list of combinations was expected, got ${shown(proposals)}`);
  if (count !== undefined && proposals.length !== count)
    throw new ProposalError(`${count} combinations were expected, got ${proposals.length}`);
  for (const { parameters } of proposals as readonly { readonly parameters: unknown }[]) {
    if (!isAssignment(parameters))
      throw new ProposalError(`parameter → value was expected, got ${shown(parameters)}`);
    for (const { name, path, domain } of getExistingParameters(all, parameters)) {
      if (domainContains(domain, parameters[name])) continue;
      throw new ProposalError(
        Object.hasOwn(parameters, name)
          ? `it proposes ${shown(parameters[name])} for ${path}, which is not in its domain`
          : `it proposes no value for ${path}`,
      );
    }
  }
}

function isAssignment(value: unknown): value is Parameters<typeof getExistingParameters>[1] {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? `a ${typeof value}`);
}
