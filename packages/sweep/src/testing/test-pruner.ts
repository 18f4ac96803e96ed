import { completeOptions } from "@nn/catalog/testing/complete-options";
import { testDefinition } from "@nn/catalog/testing/test-definition";
import fc from "fast-check";
import type { TObject } from "typebox";
import { describe, expect, test } from "vitest";
import { prunerKind } from "../catalog.ts";
import {
  checkPruner as check,
  createPruner as create,
  dependsOnLaterConfigurations,
  type PrunerBlock,
} from "../prune.ts";
import type { Pruner, PrunerDefinition, PruningContext } from "../pruner.ts";
import {
  sortDecisions,
  runSequentially,
  runSweep,
  replayPrunerCalls,
  type SweepScenario,
  type PrunerCall,
} from "./scheduler.ts";

const course: fc.Arbitrary<PruningContext> = fc.record({
  epochs: fc.integer({ min: 1, max: 30 }),
  generations: fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 3 }),
  goal: fc.constantFrom("maximize" as const, "minimize" as const),
});

/** Few distinct objectives, so that some are equal; about one in twelve is missing. */
const objectives = fc.infiniteStream(
  fc.option(fc.integer({ min: -5, max: 5 }), { freq: 12, nil: undefined }),
);
const failures = fc.infiniteStream(
  fc.oneof({ weight: 5, arbitrary: fc.constant(Infinity) }, fc.integer({ min: 1, max: 30 })),
);
const picks = fc.infiniteStream(fc.nat());
const workers = fc.integer({ min: 1, max: 6 });

/** Creates a scenario whose objectives and failures are drawn at first use and then stay the same. */
function storyOf(
  { generations }: PruningContext,
  drawnCosts: Iterator<number | undefined>,
  drawnFailures: Iterator<number>,
): SweepScenario {
  const objectives = new Map<string, number | undefined>();
  const failures = new Map<number, number>();
  return {
    generations,
    objective: (configuration, epoch) => drawnOnce(objectives, `${configuration} ${epoch}`, drawnCosts),
    failsIn: (configuration) => drawnOnce(failures, configuration, drawnFailures),
  };
}

function drawnOnce<Key, Value>(known: Map<Key, Value>, key: Key, drawn: Iterator<Value>): Value {
  if (!known.has(key)) known.set(key, drawn.next().value);
  return known.get(key)!;
}

function picker(drawn: Iterator<number>): (count: number) => number {
  return (count) => Number(drawn.next().value) % count;
}

type Options = Readonly<Record<string, unknown>>;

/** The options and functions that the tests of a pruner share. */
interface Tried {
  readonly block: fc.Arbitrary<PrunerBlock>;
  readonly checkPruner: (block: PrunerBlock, course: PruningContext) => ReturnType<typeof check>;
  readonly createPruner: (block: PrunerBlock, course: PruningContext) => Pruner;
}

/**
 * Defines the contract tests of a pruner. Call it in a vitest file, with options that make the pruner decide
 * on many configurations in sweeps of a few configurations and epochs. The sweeps and objectives are random.
 */
export function testPruner<Schema extends TObject>(
  definition: PrunerDefinition<Schema>,
  options: readonly Options[] | fc.Arbitrary<Options>,
): void {
  const catalog = new Map([[definition.type, definition]]);
  const drawn = options instanceof fc.Arbitrary ? options : fc.constantFrom(...options);
  const tried: Tried = {
    block: drawn.map((each) => blockOf(definition, each)),
    checkPruner: (block, course) => check(block, course, catalog),
    createPruner: (block, course) => create(block, course, catalog),
  };
  describe(`the pruner ${definition.type}`, () => {
    testDefinition(prunerKind, definition);
    testVerdicts(tried, dependsOnLaterConfigurations(definition.type, catalog));
  });
}

function blockOf(definition: PrunerDefinition, options: Options): PrunerBlock {
  return { ...completeOptions(definition, options), type: definition.type };
}

function testVerdicts(tried: Tried, isLater: boolean): void {
  const { block, checkPruner, createPruner } = tried;
  test("rungs ascend and come before the last epoch", () => {
    fc.assert(
      fc.property(block, course, (block, course) => {
        const pruner = createPruner(block, course);
        const count = course.generations.reduce((sum, size) => sum + size, 0);
        for (let configuration = 0; configuration < count; configuration++) {
          const rungs = pruner.rungs(configuration);
          expect(rungs).toEqual([...new Set(rungs)].sort((a, b) => a - b));
          expect(rungs.every((epoch) => epoch >= 1 && epoch < course.epochs)).toBe(true);
        }
      }),
    );
  });

  test("a pruner has rungs if its options pass the check", () => {
    fc.assert(
      fc.property(block, course, (block, course) => {
        const judges = createPruner(block, course).rungs(0).length > 0;
        fc.pre(checkPruner(block, course).length === 0 || !judges);
        expect(judges).toBe(checkPruner(block, course).length === 0);
      }),
    );
  });

  test("the number and speed of workers do not change the decisions", () => {
    fc.assert(
      fc.property(
        block,
        course,
        objectives,
        failures,
        workers,
        picks,
        (block, course, objectives, failures, workers, picks) => {
          const story = storyOf(course, objectives, failures);
          const quiet = runSequentially(createPruner(block, course), story);
          const { verdicts } = runSweep(createPruner(block, course), story, workers, picker(picks));
          expect(sortDecisions(verdicts)).toEqual(sortDecisions(quiet));
        },
      ),
      { numRuns: 500 },
    );
  });

  if (isLater) testDependsOnLater(tried);
  else testDependsOnEarlierAlone(tried);

  test("a new pruner returns the same decisions for the same reports, in any order and at any time", () => {
    fc.assert(
      fc.property(
        block,
        course,
        objectives,
        failures,
        workers,
        picks,
        (block, course, objectives, failures, workers, picks) => {
          const story = storyOf(course, objectives, failures);
          const pick = picker(picks);
          const { told } = runSweep(createPruner(block, course), story, workers, pick);
          const soFar = told.slice(0, pick(told.length + 1));
          const verdicts = replayPrunerCalls(createPruner(block, course), soFar, story.objective);
          const byConfiguration = [...soFar].sort((a, b) => a.configuration - b.configuration);
          for (const again of [soFar, byConfiguration, mixed(soFar, pick)]) {
            const given = replayPrunerCalls(createPruner(block, course), again, story.objective);
            expect(sortDecisions(given)).toEqual(sortDecisions(verdicts));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("without any objective, each configuration that reaches a rung is stopped", () => {
    fc.assert(
      fc.property(block, course, (block, course) => {
        fc.pre(checkPruner(block, course).length === 0);
        const story = {
          generations: course.generations,
          objective: () => undefined,
          failsIn: () => Infinity,
        };
        const last = new Map(
          runSequentially(createPruner(block, course), story).map((verdict) => [
            verdict.configuration,
            verdict,
          ]),
        );
        const pruner = createPruner(block, course);
        for (const [configuration, { continues }] of last) {
          expect(continues, `configuration ${configuration}`).toBe(false);
          expect(pruner.rungs(configuration)).not.toEqual([]);
        }
      }),
    );
  });
}

/** Shuffles the reports, but keeps the order of each configuration's own. */
function mixed(told: readonly PrunerCall[], pick: (count: number) => number): PrunerCall[] {
  const queues = Map.groupBy(told, ({ configuration }) => configuration);
  const order: PrunerCall[] = [];
  while (queues.size > 0) {
    const configurations = [...queues.keys()];
    const configuration = configurations[pick(configurations.length)]!;
    const queue = queues.get(configuration)!;
    order.push(queue.shift()!);
    if (queue.length === 0) queues.delete(configuration);
  }
  return order;
}

/** Returns the property that decisions on the first configurations are the same without the later ones. */
function sameWithoutLater({ block, createPruner }: Tried) {
  return fc.property(
    block,
    course,
    objectives,
    failures,
    fc.nat(),
    (block, course, objectives, failures, chance) => {
      const story = storyOf(course, objectives, failures);
      const whole = runSequentially(createPruner(block, course), story);
      const count = chance % course.generations.reduce((sum, size) => sum + size, 0);
      const first = whole.filter(({ configuration }) => configuration < count);
      const { told } = runSweep(createPruner(block, course), story, 1, () => 0);
      const toldOfFirst = told.filter(({ configuration }) => configuration < count);
      expect(
        sortDecisions(replayPrunerCalls(createPruner(block, course), toldOfFirst, story.objective)),
      ).toEqual(sortDecisions(first));
    },
  );
}

function testDependsOnEarlierAlone(tried: Tried): void {
  test("decisions do not depend on later configurations", () => {
    fc.assert(sameWithoutLater(tried));
  });
}

function testDependsOnLater(tried: Tried): void {
  test("decisions depend on later configurations, as `dependsOnLaterConfigurations` says", () => {
    expect(fc.check(sameWithoutLater(tried), { numRuns: 1000, endOnFailure: true }).failed).toBe(true);
  });
}
