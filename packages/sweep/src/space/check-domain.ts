import { toCanonicalJson } from "./canonical.ts";
import {
  isList,
  isMap,
  isNestedDomain,
  type FloatRange,
  type IntRange,
  type CategoricalChoice,
  type DomainSpec,
} from "./domain.ts";
import type { Problem } from "../problem.ts";
import { roundToReadable } from "./readable.ts";

/**
 * Returns the problems of a domain, and of domains inside its options, that the schema cannot detect. Paths
 * start at the domain.
 */
export function checkDomain(domain: DomainSpec): Problem[] {
  if (isList(domain)) return checkOptions(domain);
  switch (domain.type) {
    case "bool":
      return [];
    case "choice":
      return below("values", checkOptions(domain.values));
    case "float":
    case "int":
      return checkRange(domain);
  }
}

function below(step: string | number, problems: readonly Problem[]): Problem[] {
  return problems.map(({ path, message }) => ({ path: [step, ...path], message }));
}

/** Checks the domains in an option, or in part of one. */
function checkInside(part: unknown): Problem[] {
  if (isNestedDomain(part)) return checkDomain(part);
  if (isList(part)) return part.flatMap((each, index) => below(index, checkInside(each)));
  if (!isMap(part)) return [];
  return Object.entries(part).flatMap(([key, each]) => below(key, checkInside(each)));
}

function checkOptions(options: readonly CategoricalChoice[]): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  for (const [index, value] of options.entries()) {
    if (isNestedDomain(value)) {
      const message =
        `a list of values cannot contain { type: ${value.type}, … }; ` +
        "list its values, or use it for an option of a block in the list";
      problems.push({ path: [index], message });
      continue;
    }
    problems.push(...below(index, checkInside(value)));
    if (typeof value === "number" && !Number.isFinite(value)) {
      problems.push({
        path: [index],
        message: `a swept number must be finite, but it is ${value}; write another one`,
      });
      continue;
    }
    const written = toCanonicalJson(value);
    const earlier = first.get(written);
    if (earlier === undefined) first.set(written, index);
    else {
      const message = `each value may occur only once in the list: ${written} is already value ${earlier + 1}`;
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
    const advice = min === max ? `for a single value, write the list [${min}]` : "swap them";
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
  return problems.length > 0 ? problems : checkSpacing(range);
}

/**
 * Maximum number of steps. A larger number is probably a typing error, because a range without steps would do
 * the same.
 */
const maxSteps = 100_000;
/** Fraction of a step by which max may differ from the last step: 0.1 + 0.1 + 0.1 is not exactly 0.3. */
const missed = 1e-6;

function checkSpacing({ min, max, scale, step, count }: FloatRange | IntRange): Problem[] {
  if (step === undefined) return [];
  const of = (message: string): Problem => ({ path: ["step"], message });
  if (count !== undefined) return [of("step and count exclude each other; keep one of them")];
  if (scale === "log") {
    return [
      of("a step is a difference, but a log scale divides a range by ratios; use count, or omit scale"),
    ];
  }
  if (!Number.isFinite(step)) return [of(`a step must be finite, but it is ${step}; write a number`)];
  const steps = (max - min) / step;
  if (steps > maxSteps) {
    return [of(`a step of ${step} makes more than ${maxSteps} values; raise it, or leave it out`)];
  }
  if (Math.abs(steps - Math.round(steps)) <= missed) return [];
  const below = Math.floor(steps);
  const [last, next] = [below, below + 1].map((index) => roundToReadable(min + index * step, step * missed));
  const advice = below === 0 ? `set max to ${next}` : `set max to ${last} or ${next}`;
  return [
    { path: ["max"], message: `max must be min plus a whole number of steps: max is ${max}; ${advice}` },
  ];
}

function boundProblem(type: "float" | "int", bound: number): string | undefined {
  if (!Number.isFinite(bound)) return `a bound must be finite, but it is ${bound}; write a number`;
  if (type !== "int" || Number.isSafeInteger(bound)) return undefined;
  if (!Number.isInteger(bound)) {
    return `a bound of an int range must be a whole number, but it is ${bound}; round it, or use type: float`;
  }
  // The bound was rounded when it was parsed, so the file may contain another number.
  return "a bound of an int range must be below 2^53 in absolute value; move it closer to 0";
}
