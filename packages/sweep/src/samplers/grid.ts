import { Type } from "typebox";
import { checkDomain } from "../check-domain.ts";
import { isRange, type Assignment, type Choices, type SweptValue } from "../domain.ts";
import type { Problem } from "../problem.ts";
import { defineSampler } from "../sampler.ts";
import { valuesOf } from "../values-of.ts";

/** More would take weeks, and fill the memory with plans before the first trial. */
const mostCombinations = 100_000;

/** Every combination of the values: the Cartesian product. The last parameter changes fastest, as digits of a number do. */
export const grid = defineSampler({
  type: "grid",
  description:
    "Every combination of the values of lists, bools and ranges with step or count, the last parameter changing fastest.",
  options: Type.Object({}),

  check(domains) {
    const problems: Problem[] = [];
    let combinations = 1;
    for (const [path, domain] of Object.entries(domains)) {
      if (isRange(domain) && domain.step === undefined && domain.count === undefined) {
        const message =
          `grid cannot enumerate a range without step or count; add count: 5, or use a list such as ` +
          `[${domain.min}, ${domain.max}], or sampler random`;
        problems.push({ path: ["parameters", path], message });
      } else if (checkDomain(domain).length === 0) combinations *= valuesOf(domain)?.length ?? 1;
    }
    if (combinations > mostCombinations) {
      const message =
        `the grid has ${combinations} combinations, more than the ${mostCombinations} that are allowed: ` +
        `try fewer values, or use sampler random`;
      problems.push({ path: ["parameters"], message });
    }
    return problems;
  },

  propose(domains) {
    const lists = Object.entries(domains).map(([path, domain]) => [path, valuesOf(domain) ?? []] as const);
    const size = lists.reduce((product, [, values]) => product * values.length, 1);
    return Array.from({ length: size }, (_, index) => combination(lists, index));
  },
});

/** The index written in digits, one a list, the last list's digit changing fastest. */
function combination(
  lists: readonly (readonly [path: string, values: Choices])[],
  index: number,
): Assignment {
  const entries: [path: string, value: SweptValue][] = [];
  let rest = index;
  for (const [path, values] of lists.toReversed()) {
    entries.unshift([path, values[rest % values.length]!]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(entries);
}
