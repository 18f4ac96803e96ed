import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { partial } from "../../test/partial.ts";
import type { Domains } from "../domain.ts";
import { sideOf } from "../unit-cube.ts";
import { cmaEs } from "./cma-es.ts";
import { gp } from "./gp.ts";
import { pbt } from "./pbt.ts";
import { random } from "./random.ts";
import { tpe } from "./tpe.ts";

const parameters = {
  rate: { type: "float", min: 1e-4, max: 1, scale: "log" },
  depth: { type: "int", min: 1, max: 6 },
  kind: ["a", "b", "c"],
} as const;
const domains: Domains = parameters;
const [trials, generation, startup] = [16, 4, 8];

test.each([
  ["tpe", tpe.proposeNext.bind(undefined, parameters, { trials, generation, startup, candidates: 8 })],
  ["gp", gp.proposeNext.bind(undefined, parameters, { trials, generation, startup })],
  ["cma-es", cmaEs.proposeNext.bind(undefined, parameters, { trials, population: 4 })],
  [
    "pbt",
    pbt.proposeNext.bind(undefined, parameters, { population: 4, interval: 1, quantile: 0.5, resample: 0 }),
  ],
] as const)("%s learns from trials in which some parameters did not exist", (_type, proposeNext) => {
  const drawn = random.propose(parameters, { trials: 12 }, createRng(1));
  fc.assert(
    fc.property(partial(drawn), (some) => {
      const history = some.map((each, cost) => ({ parameters: each, cost }));
      for (const { parameters: combination } of proposeNext(createRng(2), history, 4)) {
        for (const [path, value] of Object.entries(combination)) {
          const { from, to } = sideOf(domains[path]!).cell(value);
          expect(from).toBeGreaterThanOrEqual(-1e-9);
          expect(to).toBeLessThanOrEqual(1 + 1e-9);
        }
      }
    }),
    { numRuns: 30 },
  );
});
