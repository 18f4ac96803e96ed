import { createRng, type Rng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { domain, createSweptPaths } from "../testing/arbitraries.ts";
import { generatePartialTrials } from "../../test/partial.ts";
import type { Domains } from "../space/domain.ts";
import type { TrialHistory, Proposal } from "../sampler.ts";
import { toDimension } from "../space/dimension.ts";
import { cmaEs } from "./cma-es.ts";
import { gp } from "./gp.ts";
import { pbt } from "./pbt.ts";
import { random } from "./random.ts";
import { tpe } from "./tpe.ts";

const [trials, generation, startup] = [16, 4, 8];

/** All adaptive samplers, with options for these tests. */
const samplers: readonly {
  readonly type: string;
  readonly proposeNext: (domains: Domains, rng: Rng, history: TrialHistory, count: number) => Proposal[];
}[] = [
  {
    type: "tpe",
    proposeNext: (domains, ...rest) =>
      tpe.proposeNext(domains, { trials, generation, startup, candidates: 8 }, ...rest),
  },
  {
    type: "gp",
    proposeNext: (domains, ...rest) => gp.proposeNext(domains, { trials, generation, startup }, ...rest),
  },
  {
    type: "cma-es",
    proposeNext: (domains, ...rest) => cmaEs.proposeNext(domains, { trials, population: 4 }, ...rest),
  },
  {
    type: "pbt",
    proposeNext: (domains, ...rest) =>
      pbt.proposeNext(domains, { population: 4, interval: 1, quantile: 0.5, resample: 0 }, ...rest),
  },
];

function expectWithin(domains: Domains, proposals: readonly Proposal[]): void {
  for (const { parameters } of proposals) {
    for (const [path, value] of Object.entries(parameters)) {
      const { from, to } = toDimension(domains[path]!).interval(value);
      expect(from).toBeGreaterThanOrEqual(-1e-9);
      expect(to).toBeLessThanOrEqual(1 + 1e-9);
    }
  }
}

const learners = samplers.filter(({ type }) => type !== "pbt");

test.each(learners)(
  "$type proposes values of every kind of domain, the same ones from the same history",
  ({ proposeNext }) => {
    const objectives = fc.array(fc.option(fc.integer(), { nil: undefined }), {
      minLength: startup,
      maxLength: 30,
    });
    fc.assert(
      fc.property(createSweptPaths(domain), fc.maxSafeNat(), objectives, (domains, seed, each) => {
        const earlier = random.propose(domains, { trials: each.length }, createRng(seed).fork("earlier"));
        const history = earlier.map((parameters, index) => ({ parameters, objective: each[index] }));
        const found = proposeNext(domains, createRng(seed), history, 4);
        expect(proposeNext(domains, createRng(seed), history, 4)).toEqual(found);
        expect(found).toHaveLength(4);
        for (const { parameters } of found) expect(Object.keys(parameters)).toEqual(Object.keys(domains));
        expectWithin(domains, found);
      }),
      { numRuns: 50, maxSkipsPerRun: 1000 },
    );
  },
);

test.each(samplers)("$type learns from trials in which some parameters did not exist", ({ proposeNext }) => {
  const domains = {
    rate: { type: "float", min: 1e-4, max: 1, scale: "log" },
    depth: { type: "int", min: 1, max: 6 },
    kind: ["a", "b", "c"],
  } as const;
  const drawn = random.propose(domains, { trials: 12 }, createRng(1));
  fc.assert(
    fc.property(generatePartialTrials(drawn), (some) => {
      const history = some.map((parameters, objective) => ({ parameters, objective }));
      expectWithin(domains, proposeNext(domains, createRng(2), history, 4));
    }),
    { numRuns: 30 },
  );
});
