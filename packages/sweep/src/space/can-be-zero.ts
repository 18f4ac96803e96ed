import type { Term } from "./constraint-term.ts";
import { isCategorical, type Domain, type DomainSpecs, type SweptValue } from "./domain.ts";
import { enumerateDomain } from "./enumerate-domain.ts";
import { compareRationals, isNumber, toRational } from "./rational.ts";
import { getDomains, keyByPath, listParameters, resolveSweptValues } from "./space.ts";

/** Maximum number of combinations to try. */
const MAX_COMBINATIONS = 10_000;

/**
 * Returns whether a term is 0 in some trials. It tries all combinations of the values that the term reads, or
 * the ends of ranges and of long lists. A term whose sign changes between the ends of ranges can be 0. So the
 * answer is exact unless a range occurs twice in the term, or the term reads long lists.
 */
export function canBeZero(term: Term, parameters: DomainSpecs): boolean {
  if (term.isDerived === true) return false;
  const read = Object.fromEntries(Object.entries(parameters).filter(([path]) => term.reads.includes(path)));
  const all = listParameters(read);
  const domains = Object.entries(getDomains(all));
  const exact = domains.map(([, domain]) => listValues(domain) ?? endsOf(domain));
  const values = countCombinations(exact) <= MAX_COMBINATIONS ? exact : exact.map(shortened);
  if (countCombinations(values) > MAX_COMBINATIONS) return false;
  const signs = new Set<number>();
  const isExcluded = (value: SweptValue, index: number): boolean => isOpenEnd(domains[index]![1], value);
  for (const combination of combinationsOf(values)) {
    const byName = Object.fromEntries(domains.map(([name], index) => [name, combination[index]!]));
    const value = term.value(resolveSweptValues(read, keyByPath(all, byName)));
    if (!isNumber(value)) continue;
    const sign = Math.sign(compareRationals(value, toRational(0)));
    if (sign !== 0 || !combination.some(isExcluded)) signs.add(sign);
  }
  const hasRange = domains.some(([, domain]) => listValues(domain) === undefined);
  return signs.has(0) || (hasRange && signs.has(1) && signs.has(-1));
}

/** Returns the values of a domain; undefined for a range of real numbers or of many integers. */
function listValues(domain: Domain): readonly SweptValue[] | undefined {
  const values = enumerateDomain(domain);
  if (values !== undefined || isCategorical(domain) || domain.type !== "int") return values;
  const { min, max } = domain;
  return max - min < 1000 ? Array.from({ length: max - min + 1 }, (_, index) => min + index) : undefined;
}

/** Returns the ends of a range, and 0 if it is between them. */
function endsOf(domain: Domain): SweptValue[] {
  if (isCategorical(domain) || domain.type === "bool") return [...enumerateDomain(domain)];
  const { min, max } = domain;
  return min < 0 && max > 0 ? [min, 0, max] : [min, max];
}

/** Whether a value is the upper bound of a range that does not contain it. */
function isOpenEnd(domain: Domain, value: SweptValue): boolean {
  if (isCategorical(domain) || domain.type !== "float" || value !== domain.max) return false;
  return domain.max > domain.min && enumerateDomain(domain) === undefined;
}

/** Returns the first and the last value of a list, and 0 if it is in the list. */
function shortened(values: readonly SweptValue[]): readonly SweptValue[] {
  return values.filter((value, index) => index === 0 || index === values.length - 1 || value === 0);
}

function countCombinations(values: readonly (readonly SweptValue[])[]): number {
  return values.reduce((count, each) => count * each.length, 1);
}

function combinationsOf(values: readonly (readonly SweptValue[])[]): SweptValue[][] {
  return values.reduce<SweptValue[][]>(
    (combinations, each) => combinations.flatMap((before) => each.map((value) => [...before, value])),
    [[]],
  );
}
