import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { testSampler } from "../testing.ts";
import { domain, createSweptPaths } from "../testing/arbitraries.ts";
import type { Domains } from "../space/domain.ts";
import type { FinishedTrial } from "../sampler.ts";
import { checkEpochs, checkSweep, collectSweepNotices, proposeCombinations } from "../sweep.ts";
import { toDimension } from "../space/dimension.ts";
import { pbt } from "./pbt.ts";
import { random } from "./random.ts";

testSampler(pbt, [{ population: 5, interval: 1, quantile: 0.5 }], { triesAll: true });

const options = { population: 10, interval: 2, quantile: 0.2, resample: 0 };
const rate = { "optimizer.learningRate": { type: "float", min: 1e-4, max: 1, scale: "log" } } as const;

/** Returns a generation with these rates and the objectives 0, 1, 2, … from the first member. */
function generationOf(rates: readonly number[]): FinishedTrial[] {
  return rates.map((learningRate, objective) => ({
    parameters: { "optimizer.learningRate": learningRate },
    objective,
  }));
}

test("each interval is one generation, as large as the population", () => {
  expect(pbt.generations(options, 10, rate)).toEqual([10, 10, 10, 10, 10]);
  expect(pbt.generations({ ...options, population: 4, interval: 3 }, 10, rate)).toEqual([4, 4, 4, 4]);
});

test("starts with the trials of random, for one interval", () => {
  const found = pbt.proposeNext(rate, options, createRng(5), [], 10);
  expect(found.map(({ parameters }) => parameters)).toEqual(
    random.propose(rate, { trials: 10 }, createRng(5)),
  );
  expect(found.every(({ from, until }) => from === undefined && until === 2)).toBe(true);
});

test("the worst two of ten continue with the networks of the best two, at 0.8 or 1.2 times their rates", () => {
  const rates = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
  const history = [...generationOf(rates.toReversed()), ...generationOf(rates)];
  const found = pbt.proposeNext(rate, options, createRng(1), history, 10);
  expect(found.every(({ until }) => until === 6)).toBe(true);
  expect(found.slice(0, 8).map(({ from }) => from)).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
  expect(found.slice(0, 8).map(({ parameters }) => parameters)).toEqual(
    history.slice(10, 18).map(({ parameters }) => parameters),
  );
  for (const { parameters, from } of found.slice(8)) {
    expect([10, 11]).toContain(from);
    const copied = rates[from! - 10]!;
    const changed = [0.8 * copied, 1.2 * copied].map((each) => Number(each.toPrecision(6)));
    expect(changed).toContain(parameters["optimizer.learningRate"]);
  }
});

test.for<[quantile: number, population: number, replaced: number]>([
  [0.28, 25, 7],
  [0.07, 100, 7],
  [0.2, 6, 2],
  [0.1, 10, 1],
  [0.01, 10, 1],
])("a quantile of %d of %d members replaces %d", ([quantile, population, replaced]) => {
  const history = generationOf(Array.from({ length: population }, (_, index) => (index + 1) / 1000));
  const changed = { ...options, population, quantile };
  const found = pbt.proposeNext(rate, changed, createRng(1), history, population);
  const own = found.filter(({ from }, index) => from === index);
  expect(population - own.length).toBe(replaced);
});

test("the last generation trains to the last epoch", () => {
  const sampler = { type: "pbt", ...options, population: 3, interval: 4 };
  const space = { sampler, parameters: rate };
  const history = generationOf([0.1, 0.2, 0.3]);
  expect(proposeCombinations(space, createRng(1), 8).map(({ until }) => until)).toEqual([4, 4, 4]);
  expect(proposeCombinations(space, createRng(1), 8, history).every((each) => !("until" in each))).toBe(true);
  expect(proposeCombinations(space, createRng(1), 9, history).map(({ until }) => until)).toEqual([8, 8, 8]);
});

test("no member continues a diverged or pruned network; if all have one, all restart", () => {
  const [best, ...others] = generationOf([0.1, 0.2, 0.3, 0.4]);
  const parameters = { "optimizer.learningRate": 0.9 };
  const four = { ...options, population: 4 };
  const lost = [
    { parameters, objective: undefined },
    { parameters, objective: -5, prunedAfter: 1 },
  ];
  const found = pbt.proposeNext(rate, four, createRng(1), [best!, ...lost, others[0]!], 4);
  expect(found.map(({ from }) => from)).toEqual([0, 0, 0, 3]);
  const anew = pbt.proposeNext(rate, four, createRng(1), [...lost, ...lost], 4);
  expect(anew.every(({ from, until }) => from === undefined && until === 4)).toBe(true);
});

test("with a quantile of 0, all keep their values except those that cannot continue", () => {
  const none = { ...options, quantile: 0, population: 3 };
  const history = generationOf([0.1, 0.2, 0.3]);
  const found = pbt.proposeNext(rate, none, createRng(1), history, 3);
  expect(found.map(({ from }) => from)).toEqual([0, 1, 2]);
  const failed = { parameters: history[1]!.parameters, objective: undefined };
  const after = pbt.proposeNext(rate, none, createRng(1), [history[0]!, failed, history[2]!], 3);
  expect(after.map(({ from }) => from)).toEqual([0, 0, 2]);
});

test("integers change by at least one, listed numbers to the next, values of other lists not at all", () => {
  const parameters = {
    "schedule.every": { type: "int", min: 1, max: 4 },
    "optimizer.momentum": [0.9, 0.5, 0.99],
    "loss.reduction": ["a", "b"],
    "augment[0].shift": { type: "float", min: -1, max: 1 },
  } as const satisfies Domains;
  const best = {
    "schedule.every": 3,
    "optimizer.momentum": 0.9,
    "loss.reduction": "b",
    "augment[0].shift": -0.95,
  };
  const history = [
    { parameters: best, objective: 0 },
    { parameters: best, objective: 1 },
  ];
  const seen = Array.from({ length: 40 }, (_, seed) => {
    const two = { ...options, population: 2 };
    return pbt.proposeNext(parameters, two, createRng(seed), history, 2)[1]!.parameters;
  });
  const of = (path: string) => new Set(seen.map((each) => each[path]));
  expect(of("schedule.every")).toEqual(new Set([2, 4]));
  expect(of("optimizer.momentum")).toEqual(new Set([0.5, 0.99]));
  expect(of("loss.reduction")).toEqual(new Set(["b"]));
  expect(of("augment[0].shift")).toEqual(new Set([-0.76, -1]));
});

test("a value of 0 can change: integers move up or down by one, others are drawn at random", () => {
  const parameters = {
    "augment[0].pixels": { type: "int", min: 0, max: 2 },
    "augment[1].degrees": { type: "int", min: -3, max: 3 },
    "optimizer.momentum": { type: "float", min: 0, max: 0.9 },
    "loss.smoothing": { type: "float", min: 0, max: 0.2, step: 0.1 },
  } as const satisfies Domains;
  const none = Object.fromEntries(Object.keys(parameters).map((path) => [path, 0]));
  const after = (from: FinishedTrial["parameters"]) => {
    const history = [0, 1].map((objective) => ({ parameters: from, objective }));
    const seen = Array.from({ length: 40 }, (_, seed) => {
      const two = { ...options, population: 2 };
      return pbt.proposeNext(parameters, two, createRng(seed), history, 2)[1]!.parameters;
    });
    return (path: string) => seen.map((each) => each[path]);
  };
  const of = (path: string) => new Set(after(none)(path));
  expect(of("augment[0].pixels")).toEqual(new Set([0, 1]));
  expect(of("augment[1].degrees")).toEqual(new Set([-1, 1]));
  expect(of("loss.smoothing")).toEqual(new Set([0, 0.1]));
  expect(of("optimizer.momentum").size).toBe(40);
  // An integer may also move to 0, but never to −0, which some programs write differently.
  const negative = after({ ...none, "augment[1].degrees": -1 })("augment[1].degrees");
  expect(new Set(negative)).toEqual(new Set([-2, 0]));
  expect(negative.filter((value) => Object.is(value, -0))).toEqual([]);
});

test("proposes values of every kind of domain, the same ones from the same history", () => {
  const objectives = fc.array(fc.option(fc.integer(), { nil: undefined }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(createSweptPaths(domain), fc.maxSafeNat(), objectives, (parameters, seed, each) => {
      const settings = { ...options, population: 6, resample: 0.25 };
      const earlier = random.propose(parameters, { trials: 6 }, createRng(seed));
      const history = earlier.map((combination, index) => ({
        parameters: combination,
        objective: each[index],
      }));
      const found = pbt.proposeNext(parameters, settings, createRng(seed), history, 6);
      expect(pbt.proposeNext(parameters, settings, createRng(seed), history, 6)).toEqual(found);
      for (const { parameters: combination } of found) {
        expect(Object.keys(combination)).toEqual(Object.keys(parameters));
        for (const [path, value] of Object.entries(combination)) {
          const dimension = toDimension(parameters[path]!);
          expect(() => dimension.interval(value)).not.toThrow();
          expect(dimension.interval(value).from).toBeGreaterThanOrEqual(-1e-9);
          expect(dimension.interval(value).to).toBeLessThanOrEqual(1 + 1e-9);
        }
      }
    }),
    { numRuns: 100, maxSkipsPerRun: 1000 },
  );
});

test.each([
  "model.layers[1].units",
  "optimizer",
  "optimizer.type",
  "schedule",
  "augment",
  "dataset.validation",
  "training.batchSize",
  "training.epochs",
])("%s must not change while a network trains", (path) => {
  const [problem, ...more] = checkSweep({
    sampler: { type: "pbt", ...options },
    parameters: { [path]: [1, 2] },
  });
  expect(more).toEqual([]);
  expect(problem!.path).toEqual(["parameters", path]);
  expect(problem!.message).toContain(`${path} must not change`);
});

test.each([
  "optimizer.learningRate",
  "schedule.warmup.epochs",
  "loss.smoothing",
  "augment[0].degrees",
  "training.clipNorm",
  "model.layers[2].rate",
  "model.layers[1].weightDecay",
])("%s may change while a network trains", (path) => {
  expect(checkSweep({ sampler: { type: "pbt", ...options }, parameters: { [path]: [1, 2] } })).toEqual([]);
});

test("whole blocks must not change", () => {
  const parameters = { "optimizer.inner": [{ type: "sgd" }, { type: "adam" }] };
  expect(checkSweep({ sampler: { type: "pbt", ...options }, parameters })[0]!.message).toContain(
    "optimizer.inner lists whole blocks",
  );
});

test("comparing no networks before the last epoch is a problem", () => {
  const space = { sampler: { type: "pbt", ...options, interval: 8 }, parameters: rate };
  expect(checkEpochs(space, 8)).toEqual([
    {
      path: ["sampler", "interval"],
      message: "no networks are compared after epoch 8 of 8; make interval smaller than training.epochs",
    },
  ]);
  expect(checkEpochs(space, 9)).toEqual([]);
});

test("a value that would exceed its bounds stays within them, with few digits", () => {
  const smoothing = {
    "loss.labelSmoothing": { type: "float", min: 0.01, max: 0.3, scale: "linear" },
  } as const;
  const history = [0.29, 0.28, 0.27, 0.0101, 0.0102, 0.0103].map((labelSmoothing, objective) => ({
    parameters: { "loss.labelSmoothing": labelSmoothing },
    objective,
  }));
  const halves = { ...options, population: 6, quantile: 0.5 };
  for (let seed = 0; seed < 20; seed++) {
    for (const { parameters } of pbt.proposeNext(smoothing, halves, createRng(seed), history, 6)) {
      const value = Number(parameters["loss.labelSmoothing"]);
      expect(value).toBe(Number(value.toPrecision(6)));
      expect(value).toBeLessThan(0.3);
    }
  }
});

test("a notice reports a population that is never compared, or in which no network is replaced", () => {
  const noticesOf = (changes: object, count: number): string[] =>
    collectSweepNotices({ sampler: { type: "pbt", ...options, ...changes }, parameters: rate }, count);
  expect(noticesOf({ quantile: 0 }, 20)).toEqual([
    "the sampler pbt changes nothing in this sweep: with quantile: 0, no network is replaced",
  ]);
  expect(noticesOf({}, 10)).toEqual([
    "the sampler pbt changes nothing in this sweep: it starts after a population of 10, and there are 10 combinations",
  ]);
  expect(noticesOf({}, 11)).toEqual([]);
});
