import { isChoices, type Choices, type Domain, type FloatRange, type IntRange } from "./domain.ts";
import type { Problem } from "./problem.ts";

/** What the schema cannot say of a domain that fits it. Paths lead from the domain. */
export function checkDomain(domain: Domain): Problem[] {
  return isChoices(domain) ? checkChoices(domain) : checkRange(domain);
}

function checkChoices(choices: Choices): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  for (const [index, value] of choices.entries()) {
    if (typeof value === "number" && !Number.isFinite(value)) {
      problems.push({ path: [index], message: `a swept number must be finite: ${value}` });
      continue;
    }
    const written = canonical(value);
    const earlier = first.get(written);
    if (earlier === undefined) first.set(written, index);
    else {
      const message = `each value may stand in the list once: ${written} is value ${earlier + 1} already`;
      problems.push({ path: [index], message });
    }
  }
  return problems;
}

function checkRange(range: FloatRange | IntRange): Problem[] {
  const problems: Problem[] = [];
  const { min, max, scale } = range;
  for (const [key, bound] of [["min", min] as const, ["max", max] as const]) {
    const message = boundProblem(range.type, bound);
    if (message !== undefined) problems.push({ path: [key], message });
  }
  if (problems.length > 0) return problems;
  if (min >= max) {
    const advice = min === max ? `for the one value write the list [${min}]` : "swap them";
    problems.push({
      path: ["min"],
      message: `min must be below max: min is ${min}, max is ${max}; ${advice}`,
    });
  }
  if (scale === "log" && min <= 0) {
    problems.push({
      path: ["min"],
      message: `min must be above 0 on a log scale: min is ${min}; raise it, or use scale: linear`,
    });
  }
  return problems;
}

function boundProblem(type: "float" | "int", bound: number): string | undefined {
  if (!Number.isFinite(bound)) return `a bound must be finite: ${bound}`;
  if (type === "int" && !Number.isSafeInteger(bound)) {
    return `a bound of an int range must be a whole number below 2^53: ${bound}`;
  }
  return undefined;
}

/** JSON with sorted keys: equal for equal values. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
