import { createRng, type Rng } from "@nn/tensor";
import type { DerivedVariables } from "./constraint-term.ts";
import { parseConstraint, type Constraint } from "./constraint.ts";
import type { ParameterValues, DomainSpecs } from "./domain.ts";
import { drawValue } from "../samplers/shared/draw.ts";
import type { TrialHistory, Proposal } from "../sampler.ts";
import { resolveSweptValues, keyByPath, getDomains, listParameters } from "./space.ts";
import { enumerateDomain } from "./enumerate-domain.ts";

/** Whether a trial satisfies all constraints. Values are keyed by parameter name. */
export type ConstraintCheck = (byName: ParameterValues) => boolean;

/** Creates a check of all constraints. Throws ConstraintError if one of them is not valid. */
export function createConstraintCheck(
  constraints: readonly string[],
  parameters: DomainSpecs,
  derivedVariables: DerivedVariables = {},
): ConstraintCheck {
  const parsed: Constraint[] = constraints.map((text) => parseConstraint(text, parameters, derivedVariables));
  if (parsed.length === 0) return () => true;
  const all = listParameters(parameters);
  return (byName) => {
    const written = resolveSweptValues(parameters, keyByPath(all, byName));
    return parsed.every((constraint) => constraint.holds(written));
  };
}

/**
 * Default number of combinations that are drawn to check how often the constraints hold, and the number of
 * them that must satisfy the constraints.
 */
const sampled = 2000;
const minSatisfying = 2;
/**
 * Maximum number of draws for one trial. If 1 in 1000 combinations satisfies the constraints, 1 in 10⁴³
 * searches fails, so the limit is rarely reached.
 */
const maxDraws = 100_000;

/**
 * Returns a message if fewer than `minSatisfying` of `draws` random combinations satisfy the constraints:
 * finding enough of them would take too long.
 */
export function explainRarelySatisfiable(
  parameters: DomainSpecs,
  holds: ConstraintCheck,
  draws: number = sampled,
): string | undefined {
  const next = drawing(parameters, createRng(0));
  let found = 0;
  for (let left = draws; left > 0 && found < minSatisfying; left--) if (holds(next())) found++;
  if (found >= minSatisfying) return undefined;
  const share = found === 0 ? `none of ${draws}` : `${found} of ${draws}`;
  return `${share} random combinations satisfies the constraints; loosen them, or narrow the ranges`;
}

/** Returns a message if no combination of a grid satisfies the constraints. */
export function explainUnsatisfiable(
  combinations: readonly ParameterValues[],
  holds: ConstraintCheck,
): string | undefined {
  if (combinations.some(holds)) return undefined;
  return `none of the ${combinations.length} combinations satisfies the constraints; loosen them, or try other values`;
}

/**
 * Limits of a longer sequence: its length relative to the first one, and its number of points. Combinations
 * that are missing at these limits are drawn at random.
 */
const [maxAttempts, maxPoints] = [1024, 200_000];

/**
 * Returns as many proposals as `next(1)`: the first of a longer sequence that satisfy the constraints.
 * `next(k)` returns the sequence that is k times as long. If the longest sequence has too few, proposals that
 * violate a constraint fill the end of the list.
 */
export function drawUntilSatisfied(next: (times: number) => Proposal[], holds: ConstraintCheck): Proposal[] {
  const first = next(1);
  let all = first;
  for (let times = 1; ; times *= 2) {
    if (times > 1) all = next(times);
    const found = all.filter((proposal) => holds(proposal.parameters));
    const missing = first.length - found.length;
    if (missing <= 0) return found.slice(0, first.length);
    if (times >= maxAttempts || 2 * all.length > maxPoints) {
      const others = all.filter((proposal) => !holds(proposal.parameters));
      return [...found, ...others.slice(0, missing)];
    }
  }
}

/**
 * Replaces the values of each proposal that violates a constraint. A proposal that continues a network gets
 * the values of the trial that it continues. Any other gets the first random combination that satisfies the
 * constraints, drawn from streams of this trial and each parameter. `history` holds the earlier trials.
 */
export function replaceViolatingProposals(
  proposals: readonly Proposal[],
  parameters: DomainSpecs,
  holds: ConstraintCheck,
  rng: Rng,
  history: TrialHistory,
): Proposal[] {
  const replaced: Proposal[] = [];
  for (const [index, proposal] of proposals.entries()) {
    if (holds(proposal.parameters)) replaced.push(proposal);
    else {
      const earlier = proposal.from === undefined ? undefined : history[proposal.from]?.parameters;
      const other =
        earlier ?? drawHolding(parameters, holds, rng.fork("constraints"), history.length + index);
      replaced.push({ ...proposal, parameters: other });
    }
  }
  return replaced;
}

function drawHolding(
  parameters: DomainSpecs,
  holds: ConstraintCheck,
  rng: Rng,
  trial: number,
): ParameterValues {
  const next = drawing(parameters, rng, trial);
  for (let left = maxDraws; left > 0; left--) {
    const drawn = next();
    if (holds(drawn)) return drawn;
  }
  throw new RangeError(`none of ${maxDraws} combinations drawn for a trial satisfies the constraints`);
}

/**
 * Returns a function that draws random combinations. Each parameter has its own random stream, so its values
 * do not depend on the other parameters.
 */
function drawing(parameters: DomainSpecs, rng: Rng, trial = 0): () => ParameterValues {
  const streams = Object.entries(getDomains(listParameters(parameters))).map(
    ([name, domain]) => [name, enumerateDomain(domain) ?? domain, rng.fork(name).fork(trial)] as const,
  );
  return () => Object.fromEntries(streams.map(([name, domain, stream]) => [name, drawValue(domain, stream)]));
}
