import type { Term } from "./constraint-term.ts";
import { isCategorical, type Domain, type DomainSpecs, type SweptValue } from "./domain.ts";
import { enumerateDomain } from "./enumerate-domain.ts";
import { compareRationals, isNumber, toRational } from "./rational.ts";
import { getDomains, keyByPath, listParameters, resolveSweptValues } from "./space.ts";

/** Maximum number of combinations to try, and of integers of a range to list. */
const MAX_COMBINATIONS = 10_000;

/** The signs that a term can have: 1, −1, and 0 if it is 0 in some trials. */
export type Signs = ReadonlySet<number>;

/**
 * Returns the signs of a term that consists of swept paths and numbers. It tries all combinations of listed
 * values, each with the ends of the ranges. A term whose sign changes between the ends of the ranges can be
 * 0. So the answer is exact unless a range occurs twice in the term, or there are too many combinations: then
 * it tries only the ends of the lists. Returns no signs for a term with a derived variable.
 */
export function findSigns(term: Term, parameters: DomainSpecs): Signs {
  const signs = new Set<number>();
  if (term.isDerived === true) return signs;
  const read = Object.fromEntries(Object.entries(parameters).filter(([path]) => term.reads.includes(path)));
  const all = listParameters(read);
  const domains = Object.entries(getDomains(all));
  const listed = domains.flatMap(([name, domain]): Values[] => {
    const values = listValues(domain);
    return values === undefined ? [] : [{ name, values }];
  });
  const ranges = domains.flatMap(([name, domain]): Values[] =>
    listValues(domain) === undefined ? [{ name, values: endsOf(domain) }] : [],
  );
  const isFew = countCombinations([...listed, ...ranges]) <= MAX_COMBINATIONS;
  const tried = isFew ? listed : listed.map(shortened);
  if (countCombinations([...tried, ...ranges]) > MAX_COMBINATIONS) return signs;

  const domainOf = new Map(domains);
  for (const values of combinationsOf(tried)) {
    const between = new Set<number>();
    for (const ends of combinationsOf(ranges)) {
      const value = term.value(resolveSweptValues(read, keyByPath(all, { ...values, ...ends })));
      if (!isNumber(value)) continue;
      const sign = Math.sign(compareRationals(value, toRational(0)));
      const isOpen = Object.entries(ends).some(([name, end]) => isOpenEnd(domainOf.get(name)!, end));
      if (sign !== 0 || !isOpen) between.add(sign);
    }
    if (between.has(1) && between.has(-1)) between.add(0);
    for (const sign of between) signs.add(sign);
  }
  return signs;
}

/** A parameter and values to try. */
interface Values {
  readonly name: string;
  readonly values: readonly SweptValue[];
}

/** Returns the values of a domain; undefined for a range of real numbers or of many integers. */
function listValues(domain: Domain): readonly SweptValue[] | undefined {
  const values = enumerateDomain(domain);
  if (values !== undefined || isCategorical(domain) || domain.type !== "int") return values;
  const { min, max } = domain;
  return max - min < MAX_COMBINATIONS
    ? Array.from({ length: max - min + 1 }, (_, index) => min + index)
    : undefined;
}

/** Returns the ends of a range, and 0 if it is between them. */
function endsOf(domain: Domain): SweptValue[] {
  if (isCategorical(domain) || domain.type === "bool") return [...enumerateDomain(domain)];
  const { min, max } = domain;
  return min < 0 && max > 0 ? [min, 0, max] : [min, max];
}

/** Whether a value is the upper bound of a range that does not contain it. */
function isOpenEnd(domain: Domain, value: SweptValue): boolean {
  return !isCategorical(domain) && domain.type === "float" && value === domain.max && value > domain.min;
}

/** Keeps the first and the last value of a list, and 0 if it is in the list. */
function shortened({ name, values }: Values): Values {
  const last = values.length - 1;
  return { name, values: values.filter((value, index) => index === 0 || index === last || value === 0) };
}

function countCombinations(parameters: readonly Values[]): number {
  return parameters.reduce((count, { values }) => count * values.length, 1);
}

function combinationsOf(parameters: readonly Values[]): Record<string, SweptValue>[] {
  return parameters.reduce<Record<string, SweptValue>[]>(
    (combinations, { name, values }) =>
      combinations.flatMap((before) => values.map((value) => ({ ...before, [name]: value }))),
    [{}],
  );
}
