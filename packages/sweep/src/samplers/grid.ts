import { Type } from "typebox";
import { checkDomain } from "../space/check-domain.ts";
import { isRange, type ParameterValues, type Domains, type SweptValue } from "../space/domain.ts";
import type { Problem } from "../problem.ts";
import { defineSampler, type Conditions } from "../sampler.ts";
import { enumerateDomain } from "../space/enumerate-domain.ts";

/**
 * Maximum number of combinations. A larger grid would take weeks, and its trials would fill the memory before
 * the first one runs.
 */
const maxCombinations = 100_000;

/**
 * Tries every combination of the values: the Cartesian product. The last parameter changes fastest, like the
 * last digit of a number. A parameter that exists only with one value of another parameter is combined only
 * with that value.
 */
export const grid = defineSampler({
  type: "grid",
  description:
    "Tries every combination of the values. The last parameter changes fastest. Ranges need a step or a count.",
  formula: "n₁·n₂·… trials for n₁, n₂, … values",
  example: "{ type: grid }",
  options: Type.Object({}),
  isExhaustive: true,

  check(domains, _options, conditions = {}) {
    const problems: Problem[] = [];
    for (const [path, domain] of Object.entries(domains)) {
      if (isRange(domain) && domain.step === undefined && domain.count === undefined) {
        const message =
          `grid cannot enumerate a range without step or count; add count: 5, or use a list such as ` +
          `[${domain.min}, ${domain.max}], or sampler random`;
        problems.push({ path: ["parameters", path], message });
      }
    }
    const combinations = size(treeOf(domains, conditions));
    if (combinations > maxCombinations) {
      const message =
        `the grid has ${combinations} combinations, more than the ${maxCombinations} that are allowed: ` +
        `try fewer values, or use sampler random`;
      problems.push({ path: ["parameters"], message });
    }
    return problems;
  },

  propose: (domains, _options, _rng, conditions = {}) => combinations(treeOf(domains, conditions)),
});

/** Parameters that are combined with each other. */
type Tree = readonly Branch[];

interface Branch {
  readonly name: string;
  /** Each value, with the parameters that exist only if it is chosen. */
  readonly values: readonly (readonly [SweptValue, Tree])[];
}

function treeOf(domains: Domains, conditions: Conditions, parent?: string, chosen?: SweptValue): Tree {
  return Object.entries(domains)
    .filter(([name]) => {
      const condition = Object.hasOwn(conditions, name) ? conditions[name] : undefined;
      return condition?.name === parent && condition?.value === chosen;
    })
    .map(([name, domain]) => {
      const values = checkDomain(domain).length === 0 ? enumerateDomain(domain) : undefined;
      const isAsked = Object.values(conditions).some((condition) => condition.name === name);
      return {
        name,
        values: (values ?? [null]).map((value) => [
          value,
          isAsked ? treeOf(domains, conditions, name, value) : [],
        ]),
      };
    });
}

function size(tree: Tree): number {
  return tree.reduce(
    (product, { values }) => product * values.reduce((sum, [, below]) => sum + size(below), 0),
    1,
  );
}

function combinations(tree: Tree): ParameterValues[] {
  return tree.reduce<ParameterValues[]>(
    (sofar, { name, values }) => {
      const own = values.flatMap(([value, below]) => joined([{ [name]: value }], combinations(below)));
      return joined(sofar, own);
    },
    [{}],
  );
}

/** Combines each of `earlier` with each of `later`, which changes fastest. */
function joined(earlier: readonly ParameterValues[], later: readonly ParameterValues[]): ParameterValues[] {
  return earlier.flatMap((first) =>
    later.map((second) => Object.fromEntries([...Object.entries(first), ...Object.entries(second)])),
  );
}
