import type { TrialRecord } from "@nn/results";
import { createPruner, type PrunerBlock } from "@nn/sweep";
import fc from "fast-check";
import { expect, test } from "vitest";

import { toySpec } from "../../test/support/toy-training.ts";
import type { ConfigurationOutcome, Trial } from "../experiment.ts";
import { Course } from "./course.ts";

/** A sweep whose trainings are numbers: the accuracy of a trial after an epoch, or that it diverges then. */
interface World {
  readonly epochs: number;
  readonly repeats: number;
  readonly generations: readonly number[];
  readonly pruner: PrunerBlock | undefined;
  /** Of each trial, by its number − 1. */
  readonly accuracies: readonly (readonly number[])[];
  /** Of each trial, the epoch in which it diverges, if it does. */
  readonly diverges: readonly (number | undefined)[];
}

type Records = Map<number, TrialRecord>;

/** Trains until nothing is left, or until `kill` parts have begun. Who finishes first is decided by `chance`. */
function run(world: World, records: Records, workers: number, chance: () => number, kill = Infinity): void {
  const { epochs, repeats, generations, pruner } = world;
  const told: (readonly ConfigurationOutcome[])[] = [];
  const next = (outcomes: readonly ConfigurationOutcome[]): Trial[] => {
    told.push(outcomes);
    const generation = generations.findIndex(
      (_size, index) => generations.slice(0, index).reduce((sum, size) => sum + size, 0) === outcomes.length,
    );
    return trialsOf(world, outcomes.length, generations[generation] ?? 0);
  };
  const course = new Course({
    experiment: {
      trials: trialsOf(world, 0, generations[0]!),
      generations,
      repeats,
      metric: "validation.accuracy",
      goal: "maximize",
    },
    next,
    pruner: pruner && createPruner(pruner, { epochs, generations, goal: "maximize" }),
    records,
    onPruned: (trial, epoch) => end(records, trial, "pruned", epoch),
  });

  const working: { readonly trial: Trial; readonly until: number }[] = [];
  let begun = 0;
  for (;;) {
    while (working.length < workers && begun < kill) {
      const part = course.take();
      if (part === undefined) break;
      working.push(part);
      begun += 1;
      const { number, seed } = part.trial;
      const earlier = records.get(number);
      if (earlier === undefined || earlier.status === "failed") {
        const base = { trial: number, seed, parameters: {}, worker: 1, history: [], epochs: 0 };
        records.set(number, { ...base, status: "running" });
      }
    }
    const [part] = working.splice(Math.floor(chance() * working.length), 1);
    if (part === undefined) break;
    const { trial, until } = part;
    const diverged = trainTo(world, records, trial, until);
    // Killed between what was recorded and what was to be done about it.
    if (begun >= kill) return;
    if (diverged) end(records, trial, "diverged", records.get(trial.number)!.epochs);
    else if (until === epochs) end(records, trial, "completed", epochs);
    else {
      course.onPaused(trial);
      continue;
    }
    course.onEnded(trial);
  }
  expect(course.isOver).toBe(true);
  expect(course.trials).toHaveLength(generations.reduce((sum, size) => sum + size, 0) * repeats);
}

/** Returns whether it diverges before that. */
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

function table(records: Records): unknown {
  return [...records.values()]
    .toSorted((a, b) => a.trial - b.trial)
    .map(({ trial, status, epochs, history }) => [trial, status, epochs, history.length]);
}

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
  })
  .chain((shape) => {
    const trials = shape.generations.reduce((sum, size) => sum + size, 0) * shape.repeats;
    const accuracy = fc.integer({ min: 0, max: 20 }).map((each) => each / 20);
    const course = fc.array(accuracy, { minLength: shape.epochs, maxLength: shape.epochs });
    const diverges = fc.option(fc.integer({ min: 1, max: shape.epochs }), { nil: undefined, freq: 8 });
    return fc.record({
      epochs: fc.constant(shape.epochs),
      repeats: fc.constant(shape.repeats),
      generations: fc.constant(shape.generations),
      pruner: fc.constant(shape.pruner),
      accuracies: fc.array(course, { minLength: trials, maxLength: trials }),
      diverges: fc.array(diverges, { minLength: trials, maxLength: trials }),
    });
  });

test("the same trials are pruned after the same epochs, for any number of workers and after any kills", () => {
  fc.assert(
    fc.property(
      world,
      fc.integer({ min: 2, max: 8 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
        minLength: 5,
        maxLength: 50,
      }),
      (sweep, workers, kills, chances) => {
        const quiet: Records = new Map();
        run(sweep, quiet, 1, () => 0);

        let drawn = 0;
        const chance = (): number => chances[drawn++ % chances.length]!;
        const records: Records = new Map();
        for (const kill of kills) run(sweep, records, workers, chance, kill);
        run(sweep, records, workers, chance);
        expect(table(records)).toEqual(table(quiet));
      },
    ),
    { numRuns: 300 },
  );
});
