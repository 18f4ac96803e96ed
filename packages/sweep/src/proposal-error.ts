import { domainContains } from "./space/contains.ts";
import { getExistingParameters, type Parameter } from "./space/space.ts";

/** Thrown if the proposals of a custom sampler are not valid. The message is part of a sentence. */
export class ProposalError extends Error {
  override readonly name = "ProposalError";
}

/**
 * Throws ProposalError unless `proposals` is a list of combinations in which every existing parameter has a
 * value of its domain. `count` is the required number of combinations, or undefined if any number from 1 is
 * allowed. `earlier` is the number of earlier trials, whose networks a proposal may continue.
 */
export function validateProposals(
  proposals: unknown,
  all: readonly Parameter[],
  count: number | undefined,
  earlier = 0,
): void {
  if (!Array.isArray(proposals))
    throw new ProposalError(`a list of combinations was expected, got ${shown(proposals)}`);
  if (count !== undefined && proposals.length !== count)
    throw new ProposalError(`${count} combinations were expected, got ${proposals.length}`);
  if (proposals.length === 0 && count !== 0)
    throw new ProposalError("at least one combination was expected, got an empty list");
  for (const proposal of proposals as readonly unknown[]) {
    const { parameters, from, until } = isRecord(proposal) ? proposal : {};
    if (!isAssignment(parameters))
      throw new ProposalError(`parameter → value was expected, got ${shown(parameters)}`);
    if (from !== undefined && !(isWholeNumber(from) && from < earlier))
      throw new ProposalError(
        `"from" must be the index of one of ${earlier} earlier trials, from 0; got ${shown(from)}`,
      );
    if (until !== undefined && !(isWholeNumber(until) && until > 0))
      throw new ProposalError(`"until" must be an epoch, from 1; got ${shown(until)}`);
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
  return isRecord(value) && !Array.isArray(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isWholeNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? `a ${typeof value}`);
}
