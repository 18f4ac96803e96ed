import type { ConfigurationOutcome } from "@nn/experiment";
import type { TrialRecord } from "@nn/results";
import { createPruner, dependsOnLaterConfigurations, type PrunerBlock } from "@nn/sweep";
import type { Trial } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import fc from "fast-check";
import { mean } from "simple-statistics";
import { expect, test } from "vitest";

import { SweepScheduler, type TrainingSegment, type SweepEnd } from "./sweep-scheduler.ts";

/**
 * A simulated sweep. For each trial, it contains the accuracy after each epoch and the epoch in which it
 * diverges.
 */
interface World {
  readonly epochs: number;
  readonly repeats: number;
  readonly generations: readonly number[];
  readonly pruner: PrunerBlock | undefined;
  readonly budget: { readonly epochs?: number; readonly target?: number } | undefined;
  /** Accuracies per epoch of each trial, indexed by its number − 1. */
  readonly accuracies: readonly (readonly number[])[];
  /** The epoch in which each trial diverges, if it does. */
  readonly diverges: readonly (number | undefined)[];
}

type Records = Map<number, TrialRecord>;

/**
 * Trains until the sweep is over, or until `kill` segments have begun. `chance` decides which worker finishes
 * first. A segment that is cut short lacks its last epoch. Returns the end of the sweep by its budget, and
 * deletes the records after it.
 */
function run(
  world: World,
  records: Records,
  workers: number,
  chance: () => number,
  kill = Infinity,
  isCutShort: () => boolean = () => false,
): SweepEnd | undefined {
  const { epochs, repeats, generations, pruner, budget } = world;
  const told: (readonly ConfigurationOutcome[])[] = [];
  const next = (outcomes: readonly ConfigurationOutcome[]): Trial[] => {
    told.push(outcomes);
    const generation = generations.findIndex(
      (_size, index) => generations.slice(0, index).reduce((sum, size) => sum + size, 0) === outcomes.length,
    );
    return trialsOf(world, outcomes.length, generations[generation] ?? 0);
  };
  const scheduler = new SweepScheduler({
    experiment: {
      trials: trialsOf(world, 0, generations[0]!),
      generations,
      repeats,
      metric: "validation.accuracy",
      goal: "maximize",
      ...(budget !== undefined && { budget: { ...budget, leftOut: 0 } }),
    },
    next,
    pruner: pruner && createPruner(pruner, { epochs, generations, goal: "maximize" }),
    records,
    onPruned: (trial, epoch) => end(records, trial, "pruned", epoch),
  });

  let working: TrainingSegment[] = [];
  /** Records some epochs of the trials in training, and stops the trials that are dropped as a result. */
  const goAhead = (): void => {
    for (const { trial, until } of working) {
      const { history } = records.get(trial.number)!;
      trainTo(world, records, trial, Math.min(until, history.length + Math.floor(chance() * 3)));
      scheduler.onEpoch();
    }
    working = working.filter(({ trial }) => !scheduler.isDropped(trial));
  };
  let begun = 0;
  for (;;) {
    while (working.length < workers && begun < kill) {
      const part = scheduler.take();
      if (part === undefined) break;
      expect(scheduler.isDropped(part.trial)).toBe(false);
      working.push(part);
      begun += 1;
      const { number, seed } = part.trial;
      const earlier = records.get(number);
      if (earlier === undefined || earlier.status === "failed") {
        const base = { trial: number, seed, parameters: {}, worker: 1, history: [], epochs: 0 };
        records.set(number, { ...base, status: "running" });
      }
    }
    if (working.length === 0) break;
    if (budget !== undefined) goAhead();
    const [part] = working.splice(Math.floor(chance() * working.length), 1);
    if (part === undefined) continue;
    const { trial } = part;
    const until = isCutShort()
      ? Math.max(part.until - 1, records.get(trial.number)!.history.length)
      : part.until;
    const diverged = trainTo(world, records, trial, until);
    // The run is killed after the epochs are recorded and before the scheduler handles them.
    if (begun >= kill) return undefined;
    if (diverged) end(records, trial, "diverged", records.get(trial.number)!.epochs);
    else if (until === epochs) end(records, trial, "completed", epochs);
    else {
      scheduler.onPaused(trial);
      continue;
    }
    scheduler.onEnded(trial);
  }
  expect(scheduler.isOver).toBe(true);
  const all = generations.reduce((sum, size) => sum + size, 0) * repeats;
  expect(scheduler.trials).toHaveLength(scheduler.end?.after ?? all);
  for (const trial of records.keys()) if (trial > (scheduler.end?.after ?? all)) records.delete(trial);
  return scheduler.end;
}

/** Trains a trial up to the epoch `until`. Returns whether it diverges before. */
function trainTo(world: World, records: Records, trial: Trial, until: number): boolean {
  const index = trial.number - 1;
  const record = records.get(trial.number)!;
  const last = Math.min(until, (world.diverges[index] ?? Infinity) - 1);
  const history = world.accuracies[index]!.slice(0, last).map((accuracy, before) => {
    const measured = { loss: 1, accuracy };
    return { epoch: before + 1, train: measured, validation: measured, seconds: 1, imagesPerSecond: 1 };
  });
  records.set(trial.number, { ...record, history, epochs: history.length });
  return last < until;
}

function end(records: Records, trial: Trial, status: TrialRecord["status"], epochs: number): void {
  const record = records.get(trial.number)!;
  records.set(trial.number, {
    ...record,
    status,
    epochs,
    validation: record.history[epochs - 1]?.validation,
  });
}

function trialsOf({ repeats, epochs }: World, before: number, count: number): Trial[] {
  const spec = { ...toySpec, training: { ...toySpec.training, epochs } };
  return Array.from({ length: count * repeats }, (_, index) => ({
    number: before * repeats + index + 1,
    seed: 1 + (index % repeats),
    configuration: before + Math.floor(index / repeats),
    parameters: {},
    spec,
  }));
}

/** Computes how many configurations count, from the results of all of them. */
function counted({ repeats, generations, budget = {} }: World, records: Records): number {
  const all = generations.reduce((sum, size) => sum + size, 0);
  const { epochs: maxEpochs = Infinity, target = Infinity } = budget;
  let spent = 0;
  for (let index = 0; index < all; index++) {
    const own = Array.from({ length: repeats }, (_, repeat) => records.get(index * repeats + repeat + 1)!);
    spent += own.reduce((sum, { history }) => sum + history.length, 0);
    if (spent > maxEpochs && index > 0) return index;
    if (spent >= maxEpochs) return index + 1;
    const isWhole = own.every(({ status }) => status === "completed");
    if (isWhole && mean(own.map(({ validation }) => validation!.accuracy)) >= target) return index + 1;
  }
  return all;
}

function table(records: Records): unknown {
  return [...records.values()]
    .toSorted((a, b) => a.trial - b.trial)
    .map(({ trial, status, epochs, history }) => [trial, status, epochs, history.length]);
}

const budget = fc.option(
  fc.record(
    {
      epochs: fc.integer({ min: 1, max: 60 }),
      target: fc.integer({ min: 8, max: 20 }).map((each) => each / 20),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

const pruner = fc.constantFrom<(PrunerBlock | undefined)[]>(
  undefined,
  { type: "median", startup: 2, warmup: 1, interval: 1 },
  { type: "successive-halving", eta: 3, minEpochs: 1 },
  { type: "hyperband", eta: 3, minEpochs: 1 },
  { type: "asha", eta: 3, minEpochs: 1, asynchronous: false },
  { type: "patience", epochs: 2, minDelta: 0 },
);

const world: fc.Arbitrary<World> = fc
  .record({
    epochs: fc.integer({ min: 1, max: 10 }),
    repeats: fc.integer({ min: 1, max: 3 }),
    generations: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    pruner,
    budget,
  })
  .chain((shape) => {
    const trials = shape.generations.reduce((sum, size) => sum + size, 0) * shape.repeats;
    const accuracy = fc.integer({ min: 0, max: 20 }).map((each) => each / 20);
    const scheduler = fc.array(accuracy, { minLength: shape.epochs, maxLength: shape.epochs });
    const diverges = fc.option(fc.integer({ min: 1, max: shape.epochs }), { nil: undefined, freq: 8 });
    return fc.record({
      epochs: fc.constant(shape.epochs),
      repeats: fc.constant(shape.repeats),
      generations: fc.constant(shape.generations),
      pruner: fc.constant(shape.pruner),
      budget: fc.constant(
        shape.pruner !== undefined && dependsOnLaterConfigurations(shape.pruner.type)
          ? undefined
          : shape.budget,
      ),
      accuracies: fc.array(scheduler, { minLength: trials, maxLength: trials }),
      diverges: fc.array(diverges, { minLength: trials, maxLength: trials }),
    });
  });

const chances = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 5,
  maxLength: 50,
});

/** Returns a function that cycles through the values. */
function inTurn(values: readonly number[]): () => number {
  let drawn = 0;
  return () => values[drawn++ % values.length]!;
}

test("the same trials count and are pruned after the same epochs, for any number of workers and any kills", () => {
  fc.assert(
    fc.property(
      world,
      fc.integer({ min: 2, max: 8 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
      chances,
      (sweep, workers, kills, chances) => {
        const quiet: Records = new Map();
        const end = run(sweep, quiet, 1, () => 0);

        const chance = inTurn(chances);
        const records: Records = new Map();
        for (const kill of kills) run(sweep, records, workers, chance, kill);
        let cuts = 0;
        const isCutShort = (): boolean => chance() < 0.3 && cuts++ < 20;
        expect(run(sweep, records, workers, chance, Infinity, isCutShort)).toEqual(end);
        expect(table(records)).toEqual(table(quiet));
      },
    ),
    { numRuns: 300 },
  );
});

test("a budget keeps the first configurations that fit, up to the one that reaches the target", () => {
  fc.assert(
    fc.property(world, chances, (sweep, chances) => {
      const whole: Records = new Map();
      run({ ...sweep, budget: undefined }, whole, 1, () => 0);
      const records: Records = new Map();
      run(sweep, records, 3, inTurn(chances));
      const last = counted(sweep, whole) * sweep.repeats;
      expect(table(records)).toEqual(table(new Map([...whole].filter(([trial]) => trial <= last))));
    }),
    { numRuns: 300 },
  );
});

test.for([
  ["completed", false],
  ["diverged", false],
  ["pruned", false],
  ["running", true],
  ["failed", true],
] as const)("whether the next command trains a trial with the status %s: %s", ([status, isTrained]) => {
  const sweep: World = {
    epochs: 3,
    repeats: 1,
    generations: [2],
    pruner: undefined,
    budget: undefined,
    accuracies: [],
    diverges: [],
  };
  const base = { seed: 1, parameters: {}, worker: 1, history: [] };
  const records: Records = new Map([
    [1, { ...base, trial: 1, status, epochs: 2 }],
    [2, { ...base, trial: 2, status: "completed", epochs: 3 }],
  ]);
  const scheduler = new SweepScheduler({
    experiment: {
      trials: trialsOf(sweep, 0, 2),
      generations: [2],
      repeats: 1,
      metric: "validation.accuracy",
      goal: "maximize",
    },
    next: () => [],
    pruner: undefined,
    records,
    onPruned: () => {},
  });
  expect(scheduler.take()?.trial.number).toBe(isTrained ? 1 : undefined);
  expect(scheduler.isOver).toBe(!isTrained);
});

test("a trial that early stopping has ended at a rung ends before the pruner decides, also after a kill", () => {
  const early = { metric: "accuracy", patience: 1, minDelta: 0 } as const;
  const spec = { ...toySpec, training: { ...toySpec.training, epochs: 9, earlyStopping: early } };
  const trials = [1, 2, 3].map((number) => ({
    number,
    seed: 1,
    configuration: number - 1,
    parameters: {},
    spec,
  }));
  const historyOf = (...accuracies: number[]): TrialRecord["history"] =>
    accuracies.map((accuracy, before) => {
      const measured = { loss: 1, accuracy };
      return { epoch: before + 1, train: measured, validation: measured, seconds: 1, imagesPerSecond: 1 };
    });
  // The first trial does not improve in epoch 2, so it ends there. The run was killed during its test.
  const histories = [historyOf(0.2, 0.1), historyOf(0.5, 0.6), historyOf(0.3, 0.4)];
  const records: Records = new Map(
    histories.map((history, index) => {
      const base = { trial: index + 1, seed: 1, parameters: {}, worker: 1 };
      return [index + 1, { ...base, status: "running", history, epochs: 2 }];
    }),
  );
  const pruned: number[] = [];
  const context = { epochs: 9, generations: [3], goal: "maximize" } as const;
  const scheduler = new SweepScheduler({
    experiment: { trials, generations: [3], repeats: 1, metric: "validation.accuracy", goal: "maximize" },
    next: () => [],
    pruner: createPruner({ type: "successive-halving", eta: 3, minEpochs: 2 }, context),
    records,
    onPruned: (trial, epoch) => {
      pruned.push(trial.number);
      end(records, trial, "pruned", epoch);
    },
  });
  const part = scheduler.take();
  expect(part).toMatchObject({ trial: { number: 1 }, until: 2 });
  expect(pruned).toEqual([3]); // for any result of the first trial
  end(records, part!.trial, "completed", 2);
  scheduler.onEnded(part!.trial);
  expect(pruned).toEqual([3]);
  expect(scheduler.take()).toMatchObject({ trial: { number: 2 }, until: 6 });
});
