import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { domain, parametersOf as parameters, writtenDomains } from "../../test/arbitraries.ts";
import { samplers } from "../catalog.ts";
import { isChoices, type Domain, type SweptValue } from "../space/domain.ts";
import type { FinishedTrial } from "../sampler.ts";
import { byName, existingIn, parametersOf } from "../space/space.ts";
import { checkSweep, propose, type SearchSpace } from "../sweep.ts";
import { dimensionOf } from "../space/dimension.ts";
import { valuesOf } from "../space/values-of.ts";

/** What every sampler takes; each has the options that are its own. */
const options = { trials: 20, generation: 4, startup: 4, candidates: 8, scramble: true };
const ofPopulations = { interval: 1, quantile: 0.5, resample: 0.25 };

/** By the words of the documents, not by the sides that samplers compute with. */
function isIn(value: SweptValue | undefined, of: Domain): boolean {
  if (isChoices(of)) return of.some((each) => Object.is(each, value));
  if (of.type === "bool") return typeof value === "boolean";
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  const listed = valuesOf(of);
  if (listed !== undefined) return listed.includes(value);
  if (of.type === "float") return value >= of.min && value < of.max;
  return Number.isInteger(value) && value >= of.min && value <= of.max;
}

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, 1, Infinity, -Infinity, NaN, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE),
);
const outcome = fc.oneof(
  number.map((objective) => ({ objective })),
  fc.constant({ objective: undefined }),
  fc.record({ objective: number, prunedAfter: fc.integer({ min: 1, max: 3 }) }),
);
/** What trials come to, one after the other and from the start again: of one alone, all are equal. */
const outcomes = fc.oneof(
  outcome.map((each) => [each]),
  fc.constantFrom<readonly Omit<FinishedTrial, "parameters">[]>(
    [{ objective: 1 }, { objective: undefined }],
    [{ objective: undefined }, { objective: 1 }, { objective: 1 }, { objective: 1 }],
  ),
  fc.array(outcome, { minLength: 2, maxLength: 13 }),
);

const spaces = fc.oneof(
  { weight: 3, arbitrary: parameters(domain).filter((all) => Object.keys(all).length > 0) },
  { weight: 1, arbitrary: writtenDomains },
);

const combinations = (space: SearchSpace): number =>
  parametersOf(space.parameters).reduce(
    (product, each) => product * (dimensionOf(each.domain).size ?? Infinity),
    1,
  );

test.each([...samplers.keys()])("%s proposes nothing outside its domain, whatever trials cost", (type) => {
  fc.assert(
    fc.property(
      spaces,
      fc.integer({ min: 4, max: 9 }),
      outcomes,
      fc.maxSafeNat(),
      (written, population, ended, seed) => {
        const space = { sampler: { type, population, ...options, ...ofPopulations }, parameters: written };
        // A grid of ranges has no end; pbt is asked of any path here, as the values that it changes are of
        // every kind.
        if (type === "grid") fc.pre(combinations(space) <= 500 && checkSweep(space).length === 0);
        const all = parametersOf(written);
        const history: FinishedTrial[] = [];
        const outside: unknown[] = [];
        for (;;) {
          const proposed = propose(space, createRng(seed), 4, history);
          if (proposed.length === 0) break;
          for (const { parameters: found } of proposed) {
            const named = byName(all, found);
            const exist = existingIn(all, named);
            expect(Object.keys(named)).toEqual(exist.map(({ name }) => name));
            for (const { name, domain: of } of exist) {
              if (!isIn(named[name], of)) outside.push({ name, of, value: named[name] });
            }
            history.push({ parameters: found, ...ended[history.length % ended.length]! });
          }
        }
        expect(outside).toEqual([]);
        expect(history.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: type === "gp" || type === "grid" ? 60 : 200, maxSkipsPerRun: 1000 },
  );
});
