import { cos, createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { domain, parametersOf } from "../../test/arbitraries.ts";
import type { Assignment, Domains } from "../domain.ts";
import type { Ended, History } from "../sampler.ts";
import { sideOf } from "../unit-cube.ts";
import { random } from "./random.ts";
import { tpe } from "./tpe.ts";

const options = { trials: 40, generation: 4, startup: 10, candidates: 24 };
const seed = fc.maxSafeNat();

/** All trials of a sweep whose trials cost what `cost` says. */
function run(
  domains: Domains,
  cost: (parameters: Assignment) => number | undefined,
  start: number,
  settings = options,
): History {
  const history: Ended[] = [];
  for (const count of tpe.generations(settings, 10, domains)) {
    const proposed = tpe.proposeNext(domains, settings, createRng(start), history, count);
    history.push(...proposed.map(({ parameters }) => ({ parameters, cost: cost(parameters) })));
  }
  return history;
}

test("generations add up to the trials", () => {
  expect(tpe.generations({ ...options, trials: 10 }, 10, {})).toEqual([4, 4, 2]);
  expect(tpe.generations({ ...options, trials: 3 }, 10, {})).toEqual([3]);
});

test("proposes values of every kind of domain, the same ones from the same history", () => {
  fc.assert(
    fc.property(
      parametersOf(domain),
      seed,
      fc.array(fc.option(fc.integer(), { nil: undefined }), { minLength: 10, maxLength: 30 }),
      (parameters, start, costs) => {
        const earlier = random.propose(
          parameters,
          { trials: costs.length },
          createRng(start).fork("earlier"),
        );
        const history = earlier.map((each, index) => ({ parameters: each, cost: costs[index] }));
        const found = tpe.proposeNext(parameters, options, createRng(start), history, 4);
        expect(tpe.proposeNext(parameters, options, createRng(start), history, 4)).toEqual(found);
        expect(found).toHaveLength(4);
        for (const { parameters: combination } of found) {
          expect(Object.keys(combination)).toEqual(Object.keys(parameters));
          for (const [path, value] of Object.entries(combination)) {
            const side = sideOf(parameters[path]!);
            expect(() => side.cell(value)).not.toThrow();
            expect(side.cell(value).from).toBeGreaterThanOrEqual(-1e-9);
            expect(side.cell(value).to).toBeLessThanOrEqual(1 + 1e-9);
          }
        }
      },
    ),
    { numRuns: 50, maxSkipsPerRun: 1000 },
  );
});

test("begins as random does", () => {
  const parameters = { x: { type: "float", min: 0, max: 1 }, y: ["a", "b"] } as const;
  const history = run(parameters, ({ x }) => Number(x), 7);
  expect(history.slice(0, 12).map((each) => each.parameters)).toEqual(
    random.propose(parameters, { trials: 12 }, createRng(7)),
  );
});

test("what failed counts as worse than the worst", () => {
  // Only above 0.7 does training end.
  const parameters = { x: { type: "float", min: 0, max: 1 } } as const;
  const history = run(parameters, ({ x }) => (Number(x) > 0.7 ? 1 : undefined), 3);
  expect(history.slice(20).filter(({ cost }) => cost === undefined).length).toBeLessThan(9);
});

/** Branin's function (Dixon & Szegő 1978), whose least value is 0.397887. */
function branin({ x, y }: Assignment): number {
  const [a, b] = [Number(x), Number(y)];
  const valley = b - (5.1 / (4 * Math.PI * Math.PI)) * a * a + (5 / Math.PI) * a - 6;
  return valley * valley + 10 * (1 - 1 / (8 * Math.PI)) * cos(a) + 10;
}

/** The least cost of each of 20 seeds. */
function leastCosts(costs: (start: number) => number[]): number[] {
  return Array.from({ length: 20 }, (_, start) => costs(start).reduce((a, b) => Math.min(a, b)));
}

/** How often one is below its counterpart; of 20 by chance 16 or more in 6 of 1000 cases. */
function wins(ours: readonly number[], theirs: readonly number[]): number {
  return ours.filter((cost, index) => cost < theirs[index]!).length;
}

test("finds better places of Branin's function than as many trials by chance", () => {
  const parameters = {
    x: { type: "float", min: -5, max: 10 },
    y: { type: "float", min: 0, max: 15 },
  } as const;
  const learned = leastCosts((start) =>
    run(parameters, branin, start, { ...options, trials: 60 }).map(({ cost }) => cost ?? Infinity),
  );
  const drawn = leastCosts((start) =>
    random.propose(parameters, { trials: 60 }, createRng(start)).map(branin),
  );
  expect(wins(learned, drawn)).toBeGreaterThanOrEqual(16);
});

test("finds better places of a mixed space than as many trials by chance", () => {
  const parameters = {
    rate: { type: "float", min: 1e-4, max: 1, scale: "log" },
    units: { type: "int", min: 8, max: 512, scale: "log" },
    kind: ["a", "b", "c", "d"],
    bias: { type: "bool" },
    drop: { type: "float", min: 0, max: 0.5, step: 0.05 },
  } as const;
  const cost = (trial: Assignment): number => {
    const away = (path: keyof typeof parameters, best: number): number => {
      const { from, to } = sideOf(parameters[path]).cell(trial[path]);
      return ((from + to) / 2 - best) ** 2;
    };
    const worse = (trial["kind"] === "c" ? 0 : 0.3) + (trial["bias"] === true ? 0 : 0.2);
    return away("rate", 0.3) + away("units", 0.8) + away("drop", 0.4) + worse;
  };
  const learned = leastCosts((start) =>
    run(parameters, cost, start, { ...options, trials: 60 }).map((ended) => ended.cost ?? Infinity),
  );
  const drawn = leastCosts((start) => random.propose(parameters, { trials: 60 }, createRng(start)).map(cost));
  expect(wins(learned, drawn)).toBeGreaterThanOrEqual(16);
});

test("a pruned trial is no example to follow, however small its cost was then", () => {
  const parameters = { x: { type: "float", min: 0, max: 1 } } as const;
  const history = Array.from({ length: 30 }, (_, i) => ({
    parameters: { x: i / 30 },
    ...(i < 15 ? { cost: -100, prunedAfter: 1 } : { cost: 30 - i }),
  }));
  const found = tpe.proposeNext(parameters, options, createRng(1), history, 4);
  expect(found.every((each) => Number(each.parameters["x"]) > 0.5)).toBe(true);
});
