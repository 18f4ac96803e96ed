import { createRng, type Rng } from "@nn/tensor";
import { parseConstraint, type Constraint, type Figures } from "./constraint.ts";
import type { Assignment, WrittenDomains } from "./domain.ts";
import { draw } from "../samplers/shared/draw.ts";
import type { TrialHistory, Proposal } from "../sampler.ts";
import { assemble, byPath, domainsOf, parametersOf } from "./space.ts";
import { valuesOf } from "./values-of.ts";

/** Whether a trial, by name, satisfies all constraints. */
export type ConstraintCheck = (byName: Assignment) => boolean;

/** Throws ConstraintError. */
export function createConstraintCheck(
  constraints: readonly string[],
  parameters: WrittenDomains,
  figures: Figures = {},
): ConstraintCheck {
  const parsed: Constraint[] = constraints.map((text) => parseConstraint(text, parameters, figures));
  if (parsed.length === 0) return () => true;
  const all = parametersOf(parameters);
  return (byName) => {
    const written = assemble(parameters, byPath(all, byName));
    return parsed.every((constraint) => constraint.holds(written));
  };
}

/**
 * So many combinations are drawn to see how rare those are that satisfy the constraints, and so many of them
 * must.
 */
const sampled = 2000;
const least = 2;
/** So often is drawn for one trial. With a share of 1 in 1000, one of 10⁴³ searches is in vain. */
const mostDraws = 100_000;

/**
 * What is wrong with constraints that hardly any combination satisfies: it would take too long to find some.
 */
export function warnRarelySatisfied(
  parameters: WrittenDomains,
  holds: ConstraintCheck,
  draws: number = sampled,
): string | undefined {
  const next = drawing(parameters, createRng(0));
  let found = 0;
  for (let left = draws; left > 0 && found < least; left--) if (holds(next())) found++;
  if (found >= least) return undefined;
  const share = found === 0 ? `none of ${draws}` : `${found} of ${draws}`;
  return `${share} random combinations satisfies the constraints; loosen them, or narrow the ranges`;
}

/** What is wrong with constraints that leave nothing of a grid. */
export function explainUnsatisfiable(
  combinations: readonly Assignment[],
  holds: ConstraintCheck,
): string | undefined {
  if (combinations.some(holds)) return undefined;
  return `none of the ${combinations.length} combinations satisfies the constraints; loosen them, or try other values`;
}

/**
 * So many times as long a sequence is looked through, and so many points at most, before what is missing is
 * drawn by chance.
 */
const [mostTimes, mostPoints] = [1024, 200_000];

/**
 * As many proposals as `next` gives, without those that violate a constraint: the first of a longer sequence
 * that don't; where even the longest has too few, some that do stand at the end. `next(k)` is the sequence
 * that is k times as long.
 */
export function drawUntilSatisfied(next: (times: number) => Proposal[], holds: ConstraintCheck): Proposal[] {
  const first = next(1);
  let all = first;
  for (let times = 1; ; times *= 2) {
    if (times > 1) all = next(times);
    const found = all.filter((proposal) => holds(proposal.parameters));
    const missing = first.length - found.length;
    if (missing <= 0) return found.slice(0, first.length);
    if (times >= mostTimes || 2 * all.length > mostPoints) {
      const others = all.filter((proposal) => !holds(proposal.parameters));
      return [...found, ...others.slice(0, missing)];
    }
  }
}

/**
 * The proposals, and in place of each that violates a constraint another combination: the first that does not
 * of those drawn by chance, from streams of this trial and each parameter; where it continues a network,
 * what that one had. `history` is what came before.
 */
export function withReplacements(
  proposals: readonly Proposal[],
  parameters: WrittenDomains,
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
  parameters: WrittenDomains,
  holds: ConstraintCheck,
  rng: Rng,
  trial: number,
): Assignment {
  const next = drawing(parameters, rng, trial);
  for (let left = mostDraws; left > 0; left--) {
    const drawn = next();
    if (holds(drawn)) return drawn;
  }
  throw new RangeError(`none of ${mostDraws} combinations drawn for a trial satisfies the constraints`);
}

/**
 * One combination after the other. Each parameter has a stream of its own, so that another one leaves its
 * values as they are.
 */
function drawing(parameters: WrittenDomains, rng: Rng, trial = 0): () => Assignment {
  const streams = Object.entries(domainsOf(parametersOf(parameters))).map(
    ([name, domain]) => [name, valuesOf(domain) ?? domain, rng.fork(name).fork(trial)] as const,
  );
  return () => Object.fromEntries(streams.map(([name, domain, stream]) => [name, draw(domain, stream)]));
}
