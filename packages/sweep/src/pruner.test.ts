import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inOrder, runQuietly, runSweep, tell, type Story, type Told } from "../test/scheduler.ts";
import { pruners } from "./catalog.ts";
import { checkPruner, createPruner, type PrunerBlock } from "./prune.ts";
import type { Course } from "./pruner.ts";

/** Options under which a pruner judges many, in small sweeps. */
const eta = fc.integer({ min: 2, max: 4 });
const minEpochs = fc.integer({ min: 1, max: 3 });
const comparison = {
  startup: fc.integer({ min: 1, max: 4 }),
  warmup: fc.integer({ min: 0, max: 4 }),
  interval: fc.integer({ min: 1, max: 4 }),
};
const blocks: Readonly<Record<string, fc.Arbitrary<PrunerBlock>>> = {
  asha: fc.record({
    type: fc.constant("asha"),
    eta,
    minEpochs,
    asynchronous: fc.constant(false),
  }),
  hyperband: fc.record({ type: fc.constant("hyperband"), eta, minEpochs }),
  median: fc.record({ type: fc.constant("median"), ...comparison }),
  patience: fc.record({
    type: fc.constant("patience"),
    patience: fc.integer({ min: 1, max: 5 }),
    minDelta: fc.constantFrom(0, 1),
  }),
  percentile: fc.record({
    type: fc.constant("percentile"),
    percentile: fc.double({ min: 0, max: 100, noNaN: true }),
    ...comparison,
  }),
  "successive-halving": fc.record({ type: fc.constant("successive-halving"), eta, minEpochs }),
  threshold: fc.record({
    type: fc.constant("threshold"),
    above: fc.integer({ min: 2, max: 4 }),
    below: fc.integer({ min: -4, max: 1 }),
    from: fc.integer({ min: 1, max: 5 }),
  }),
};

const course: fc.Arbitrary<Course> = fc.record({
  epochs: fc.integer({ min: 1, max: 30 }),
  generations: fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 3 }),
  goal: fc.constantFrom("maximize" as const, "minimize" as const),
});

/** Few different costs, so that there are equals; about one in twelve is missing. */
const costs = fc.infiniteStream(fc.option(fc.integer({ min: -5, max: 5 }), { freq: 12, nil: undefined }));
const failures = fc.infiniteStream(
  fc.oneof({ weight: 5, arbitrary: fc.constant(Infinity) }, fc.integer({ min: 1, max: 30 })),
);
const picks = fc.infiniteStream(fc.nat());
const workers = fc.integer({ min: 1, max: 6 });

/** The costs and failures are drawn where somebody first asks, and stay. */
function storyOf(
  { generations }: Course,
  drawnCosts: Iterator<number | undefined>,
  drawnFailures: Iterator<number>,
): Story {
  const costs = new Map<string, number | undefined>();
  const failures = new Map<number, number>();
  return {
    generations,
    cost: (configuration, epoch) => drawnOnce(costs, `${configuration} ${epoch}`, drawnCosts),
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

test("the catalog has every file of the folder, in alphabetical order, each with a description of itself and its options", () => {
  const files = readdirSync(new URL("./pruners/", import.meta.url)).filter(
    (file) => !file.endsWith(".test.ts"),
  );
  expect([...pruners.keys()].map((type) => `${type}.ts`)).toEqual(files.sort());
  expect(Object.keys(blocks)).toEqual([...pruners.keys()]);
  for (const pruner of pruners.values()) {
    expect(pruner.description).toMatch(/without a cost .*\.$/);
    for (const option of Object.values(pruner.options.properties))
      expect(option).toHaveProperty("description");
  }
});

test("an unknown type is told with those that there are", () => {
  expect(() => createPruner({ type: "wilcoxon" }, { epochs: 9, generations: [9], goal: "minimize" })).toThrow(
    `no pruner of type "wilcoxon"; there are ${[...pruners.keys()].join(", ")}`,
  );
});

describe.each(Object.entries(blocks))("%s", (_, block) => {
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

  test("if the check finds nothing, somebody is judged", () => {
    fc.assert(
      fc.property(block, course, (block, course) => {
        const judges = createPruner(block, course).rungs(0).length > 0;
        fc.pre(checkPruner(block, course).length === 0 || !judges);
        expect(judges).toBe(checkPruner(block, course).length === 0);
      }),
    );
  });

  test("whoever is faster and however many run at once, the verdicts are those of the quiet order, and none is missing", () => {
    fc.assert(
      fc.property(
        block,
        course,
        costs,
        failures,
        workers,
        picks,
        (block, course, costs, failures, workers, picks) => {
          const story = storyOf(course, costs, failures);
          const quiet = runQuietly(createPruner(block, course), story);
          const { verdicts } = runSweep(createPruner(block, course), story, workers, picker(picks));
          expect(inOrder(verdicts)).toEqual(inOrder(quiet));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a new one that is told everything again, whatever the order, gives the same, at any time", () => {
    fc.assert(
      fc.property(
        block,
        course,
        costs,
        failures,
        workers,
        picks,
        (block, course, costs, failures, workers, picks) => {
          const story = storyOf(course, costs, failures);
          const pick = picker(picks);
          const { told } = runSweep(createPruner(block, course), story, workers, pick);
          const soFar = told.slice(0, pick(told.length + 1));
          const verdicts = tell(createPruner(block, course), soFar, story.cost);
          const byConfiguration = [...soFar].sort((a, b) => a.configuration - b.configuration);
          for (const again of [soFar, byConfiguration, mixed(soFar, pick)]) {
            const given = tell(createPruner(block, course), again, story.cost);
            expect(inOrder(given)).toEqual(inOrder(verdicts));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("where nobody has a cost, all who are judged are stopped", () => {
    fc.assert(
      fc.property(block, course, (block, course) => {
        fc.pre(checkPruner(block, course).length === 0);
        const story = { generations: course.generations, cost: () => undefined, failsIn: () => Infinity };
        const last = new Map(
          runQuietly(createPruner(block, course), story).map((verdict) => [verdict.configuration, verdict]),
        );
        const pruner = createPruner(block, course);
        for (const [configuration, { goesOn }] of last) {
          expect(goesOn, `configuration ${configuration}`).toBe(false);
          expect(pruner.rungs(configuration)).not.toEqual([]);
        }
      }),
    );
  });
});

/** In any order that leaves each configuration's own as it was. */
function mixed(told: readonly Told[], pick: (count: number) => number): Told[] {
  const queues = Map.groupBy(told, ({ configuration }) => configuration);
  const order: Told[] = [];
  while (queues.size > 0) {
    const configurations = [...queues.keys()];
    const configuration = configurations[pick(configurations.length)]!;
    const queue = queues.get(configuration)!;
    order.push(queue.shift()!);
    if (queue.length === 0) queues.delete(configuration);
  }
  return order;
}
