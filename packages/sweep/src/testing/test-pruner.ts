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

const context: fc.Arbitrary<PruningContext> = fc.record({
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
function createScenario(
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
interface PrunerTests {
  readonly block: fc.Arbitrary<PrunerBlock>;
  readonly checkPruner: (block: PrunerBlock, context: PruningContext) => ReturnType<typeof check>;
  readonly createPruner: (block: PrunerBlock, context: PruningContext) => Pruner;
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
  const tried: PrunerTests = {
    block: drawn.map((each) => blockOf(definition, each)),
    checkPruner: (block, context) => check(block, context, catalog),
    createPruner: (block, context) => create(block, context, catalog),
  };
  describe(`the pruner ${definition.type}`, () => {
    testDefinition(prunerKind, definition);
    testVerdicts(tried, dependsOnLaterConfigurations(definition.type, catalog));
  });
}

function blockOf(definition: PrunerDefinition, options: Options): PrunerBlock {
  return { ...completeOptions(definition, options), type: definition.type };
}

function testVerdicts(tried: PrunerTests, isLater: boolean): void {
  const { block, checkPruner, createPruner } = tried;
  test("rungs ascend and come before the last epoch", () => {
    fc.assert(
      fc.property(block, context, (block, context) => {
        const pruner = createPruner(block, context);
        const count = context.generations.reduce((sum, size) => sum + size, 0);
        for (let configuration = 0; configuration < count; configuration++) {
          const rungs = pruner.rungs(configuration);
          expect(rungs).toEqual([...new Set(rungs)].sort((a, b) => a - b));
          expect(rungs.every((epoch) => epoch >= 1 && epoch < context.epochs)).toBe(true);
        }
      }),
    );
  });

  test("a pruner has rungs if its options pass the check", () => {
    fc.assert(
      fc.property(block, context, (block, context) => {
        const hasRungs = createPruner(block, context).rungs(0).length > 0;
        fc.pre(checkPruner(block, context).length === 0 || !hasRungs);
        expect(hasRungs).toBe(checkPruner(block, context).length === 0);
      }),
    );
  });

  test("the number and speed of workers do not change the decisions", () => {
    fc.assert(
      fc.property(
        block,
        context,
        objectives,
        failures,
        workers,
        picks,
        (block, context, objectives, failures, workers, picks) => {
          const scenario = createScenario(context, objectives, failures);
          const sequential = runSequentially(createPruner(block, context), scenario);
          const { decisions } = runSweep(createPruner(block, context), scenario, workers, picker(picks));
          expect(sortDecisions(decisions)).toEqual(sortDecisions(sequential));
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
        context,
        objectives,
        failures,
        workers,
        picks,
        (block, context, objectives, failures, workers, picks) => {
          const scenario = createScenario(context, objectives, failures);
          const pick = picker(picks);
          const { calls } = runSweep(createPruner(block, context), scenario, workers, pick);
          const soFar = calls.slice(0, pick(calls.length + 1));
          const decisions = replayPrunerCalls(createPruner(block, context), soFar, scenario.objective);
          const byConfiguration = [...soFar].sort((a, b) => a.configuration - b.configuration);
          for (const again of [soFar, byConfiguration, shuffleCalls(soFar, pick)]) {
            const given = replayPrunerCalls(createPruner(block, context), again, scenario.objective);
            expect(sortDecisions(given)).toEqual(sortDecisions(decisions));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("without any objective, each configuration that reaches a rung is stopped", () => {
    fc.assert(
      fc.property(block, context, (block, context) => {
        fc.pre(checkPruner(block, context).length === 0);
        const scenario = {
          generations: context.generations,
          objective: () => undefined,
          failsIn: () => Infinity,
        };
        const last = new Map(
          runSequentially(createPruner(block, context), scenario).map((decision) => [
            decision.configuration,
            decision,
          ]),
        );
        const pruner = createPruner(block, context);
        for (const [configuration, { continues }] of last) {
          expect(continues, `configuration ${configuration}`).toBe(false);
          expect(pruner.rungs(configuration)).not.toEqual([]);
        }
      }),
    );
  });
}

/** Shuffles the reports, but keeps the order of each configuration's own. */
function shuffleCalls(calls: readonly PrunerCall[], pick: (count: number) => number): PrunerCall[] {
  const queues = Map.groupBy(calls, ({ configuration }) => configuration);
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
function sameWithoutLater({ block, createPruner }: PrunerTests) {
  return fc.property(
    block,
    context,
    objectives,
    failures,
    fc.nat(),
    (block, context, objectives, failures, chance) => {
      const scenario = createScenario(context, objectives, failures);
      const whole = runSequentially(createPruner(block, context), scenario);
      const count = chance % context.generations.reduce((sum, size) => sum + size, 0);
      const first = whole.filter(({ configuration }) => configuration < count);
      const { calls } = runSweep(createPruner(block, context), scenario, 1, () => 0);
      const callsOfFirst = calls.filter(({ configuration }) => configuration < count);
      expect(
        sortDecisions(replayPrunerCalls(createPruner(block, context), callsOfFirst, scenario.objective)),
      ).toEqual(sortDecisions(first));
    },
  );
}

function testDependsOnEarlierAlone(tried: PrunerTests): void {
  test("decisions do not depend on later configurations", () => {
    fc.assert(sameWithoutLater(tried));
  });
}

function testDependsOnLater(tried: PrunerTests): void {
  test("decisions depend on later configurations, as `dependsOnLaterConfigurations` says", () => {
    expect(fc.check(sameWithoutLater(tried), { numRuns: 1000, endOnFailure: true }).failed).toBe(true);
  });
}
