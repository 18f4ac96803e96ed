import { completeOptions, formatOptions } from "@nn/catalog/testing/complete-options";
import { testDefinition } from "@nn/catalog/testing/test-definition";
import { createRng } from "@nn/tensor";
import fc from "fast-check";
import type { TObject } from "typebox";
import { describe, expect, test } from "vitest";
import { samplerKind } from "../catalog.ts";
import { domainContains } from "../space/contains.ts";
import type { DomainSpecs } from "../space/domain.ts";
import type { FinishedTrial, Proposal, SamplerDefinition } from "../sampler.ts";
import { keyByName, getExistingParameters, listParameters } from "../space/space.ts";
import { checkSweep, getGenerationSizes, proposeCombinations, type SearchSpace } from "../sweep.ts";
import { toDimension } from "../space/dimension.ts";
import { domain, createSweptPaths as parameters, domainSpecs } from "./arbitraries.ts";

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
/** Results of trials, which are repeated cyclically. If there is only one, all trials have equal results. */
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
  { weight: 1, arbitrary: domainSpecs },
);

const combinations = (space: SearchSpace): number =>
  listParameters(space.parameters).reduce(
    (product, each) => product * (toDimension(each.domain).size ?? Infinity),
    1,
  );

/** Options of the tests of a sampler. */
export interface SamplerTestOptions {
  /** Number of random sweeps per test; 200 by default. */
  readonly runs?: number;
  /** Also tests spaces that `check` rejects, for a sampler that can propose combinations there. */
  readonly triesAll?: true;
}

const EPOCHS = 4;

/**
 * Defines the contract tests of a sampler. Call it in a vitest file, with the options to test. They should
 * give about ten combinations: the tests search random spaces with random results.
 */
export function testSampler<Schema extends TObject>(
  definition: SamplerDefinition<Schema>,
  configurations: readonly Readonly<Record<string, unknown>>[],
  { runs = 200, triesAll }: SamplerTestOptions = {},
): void {
  const catalog = new Map([[definition.type, definition]]);

  describe(`the sampler ${definition.type}`, () => {
    testDefinition(samplerKind, definition);

    describe.each(configurations.map((each) => [formatOptions(each), each] as const))("%s", (_name, each) => {
      const spaceOf = (parameters: DomainSpecs): SearchSpace => {
        const sampler = { ...completeOptions(definition, each), type: definition.type };
        return { sampler, samplers: catalog, parameters };
      };
      const property = (
        claim: (space: SearchSpace, ended: Outcomes, seed: number) => void,
      ): fc.IPropertyWithHooks<[DomainSpecs, Outcomes, number]> =>
        fc.property(spaces, outcomes, fc.maxSafeNat(), (written, ended, seed) => {
          const space = spaceOf(written);
          // A sampler that proposes every combination would take too long.
          fc.pre(combinations(space) <= 500 || !("isExhaustive" in definition));
          fc.pre(triesAll === true || checkSweep(space).length === 0);
          claim(space, ended, seed);
        });
      const settings = { numRuns: runs, maxSkipsPerRun: 1000 };

      test("proposes a value in its domain for each parameter that exists, whatever the results", () => {
        fc.assert(
          property((space, ended, seed) => {
            const all = listParameters(space.parameters);
            const proposed = run(space, ended, seed).flat();
            const outside: unknown[] = [];
            for (const { parameters: found } of proposed) {
              const named = keyByName(all, found);
              const exist = getExistingParameters(all, named);
              expect(Object.keys(named)).toEqual(exist.map(({ name }) => name));
              for (const { name, domain: of } of exist) {
                if (!domainContains(of, named[name])) outside.push({ name, of, value: named[name] });
              }
            }
            expect(outside).toEqual([]);
            expect(proposed.length).toBeGreaterThan(0);
          }),
          settings,
        );
      });

      test("proposes as many combinations as announced", () => {
        fc.assert(
          property((space, ended, seed) => {
            const counts = run(space, ended, seed).map((generation) => generation.length);
            expect(counts).toEqual(getGenerationSizes(space, createRng(seed), EPOCHS));
          }),
          settings,
        );
      });

      test("proposes the same from the same history, and does not modify its arguments", () => {
        fc.assert(
          property((space, ended, seed) => {
            const before = JSON.stringify([space.sampler, space.parameters]);
            const generations = run(space, ended, seed);
            const history = historyOf(generations.flat(), ended);
            let count = history.length;
            for (const generation of generations.toReversed()) {
              count -= generation.length;
              const again = proposeCombinations(space, createRng(seed), EPOCHS, history.slice(0, count));
              expect(again).toEqual(generation);
            }
            expect(JSON.stringify([space.sampler, space.parameters])).toBe(before);
          }),
          { ...settings, numRuns: Math.ceil(runs / 4) },
        );
      });
    });
  });
}

type Outcomes = readonly Omit<FinishedTrial, "parameters">[];

/** Returns all generations that the sampler proposes. */
function run(space: SearchSpace, ended: Outcomes, seed: number): Proposal[][] {
  const generations: Proposal[][] = [];
  for (;;) {
    const history = historyOf(generations.flat(), ended);
    const proposed = proposeCombinations(space, createRng(seed), EPOCHS, history);
    if (proposed.length === 0) return generations;
    generations.push(proposed);
  }
}

function historyOf(proposals: readonly Proposal[], ended: Outcomes): FinishedTrial[] {
  return proposals.map(({ parameters: found }, index) => ({
    parameters: found,
    ...ended[index % ended.length]!,
  }));
}
