import fc from "fast-check";
import { expect, test } from "vitest";
import { testPruner } from "../testing.ts";
import { checkPruner, createPruner } from "../prune.ts";
import { percentile } from "./percentile.ts";

testPruner(
  percentile,
  fc.record({
    percentile: fc.double({ min: 0, max: 100, noNaN: true }),
    startup: fc.integer({ min: 1, max: 4 }),
    warmup: fc.integer({ min: 0, max: 4 }),
    interval: fc.integer({ min: 1, max: 4 }),
  }),
);

/**
 * Returns whether a sixth configuration with this objective continues after five with 10, 20, 30, 40 and 50.
 */
function continues(percentile: number, objective: number): boolean {
  const block = { type: "percentile", percentile, startup: 5, warmup: 0, interval: 1 };
  const pruner = createPruner(block, { epochs: 2, generations: [6], goal: "minimize" });
  for (const configuration of [3, 0, 4, 2, 1]) pruner.report(configuration, 1, 10 * (configuration + 1));
  return pruner.report(5, 1, objective)[0]!.continues;
}

test.each([
  [0, 10],
  [25, 20],
  [50, 30],
  [60, 34], // between 30 and 40, linearly: numpy.percentile
  [100, 50],
])("percentile %d of 10, 20, 30, 40, 50 is %d", (percentile, bound) => {
  expect(continues(percentile, bound)).toBe(true);
  expect(continues(percentile, bound + 0.001)).toBe(false);
});

test("100 percent stops only configurations that are worse than all earlier ones", () => {
  const pruner = createPruner(
    { type: "percentile", percentile: 100, startup: 1, warmup: 0, interval: 1 },
    { epochs: 3, generations: [4], goal: "minimize" },
  );
  const decisions = [3, 5, 4, 3].flatMap((objective, configuration) =>
    pruner.report(configuration, 1, objective),
  );
  expect(decisions.map(({ continues }) => continues)).toEqual([true, false, true, true]);
});

test("a fraction instead of a percentage is a problem", () => {
  const check = (percentile: number): object[] =>
    checkPruner(
      { type: "percentile", percentile, startup: 1, warmup: 0, interval: 1 },
      { epochs: 3, generations: [4], goal: "minimize" },
    );
  expect(check(0.25)).toEqual([
    {
      path: ["percentile"],
      message: "percentile is in percent, so 0.25 is less than 1 in 100; for a fraction of 0.25, write 25",
    },
  ]);
  expect([0, 1, 25].flatMap(check)).toEqual([]);
});
