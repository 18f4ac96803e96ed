import { Type } from "typebox";
import { isChoices, type Assignment, type Choices, type SweptValue } from "../domain.ts";
import type { Problem } from "../problem.ts";
import { defineSampler } from "../sampler.ts";

/** More would take weeks, and fill the memory with plans before the first trial. */
const mostCombinations = 100_000;

/** Every combination of the lists: the Cartesian product. The last parameter changes fastest, as digits of a number do. */
export const grid = defineSampler({
  type: "grid",
  description: "Every combination of the listed values, the last parameter changing fastest.",
  options: Type.Object({}),

  check(domains) {
    const problems: Problem[] = [];
    let combinations = 1;
    for (const [path, domain] of Object.entries(domains)) {
      if (isChoices(domain)) combinations *= domain.length;
      else {
        const message = `grid cannot enumerate a range: use a list such as [${domain.min}, ${domain.max}], or sampler random`;
        problems.push({ path: ["parameters", path], message });
      }
    }
    if (combinations > mostCombinations) {
      const message =
        `the grid has ${combinations} combinations, more than the ${mostCombinations} that are allowed: ` +
        `shorten the lists, or use sampler random`;
      problems.push({ path: ["parameters"], message });
    }
    return problems;
  },

  propose(domains) {
    const lists = Object.entries(domains).filter((entry): entry is [string, Choices] => isChoices(entry[1]));
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
