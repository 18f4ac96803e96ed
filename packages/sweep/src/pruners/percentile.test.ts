import fc from "fast-check";
import { expect, test } from "vitest";
import { testPruner } from "../../test/pruner-contract.ts";
import { createPruner } from "../prune.ts";

testPruner(
  fc.record({
    type: fc.constant("percentile"),
    percentile: fc.double({ min: 0, max: 100, noNaN: true }),
    startup: fc.integer({ min: 1, max: 4 }),
    warmup: fc.integer({ min: 0, max: 4 }),
    interval: fc.integer({ min: 1, max: 4 }),
  }),
);

/** Whether a sixth configuration goes on that is compared with costs of 10, 20, 30, 40, 50. */
function goesOn(percentile: number, cost: number): boolean {
  const block = { type: "percentile", percentile, startup: 5, warmup: 0, interval: 1 };
  const pruner = createPruner(block, { epochs: 2, generations: [6], goal: "minimize" });
  for (const configuration of [3, 0, 4, 2, 1]) pruner.report(configuration, 1, 10 * (configuration + 1));
  return pruner.report(5, 1, cost)[0]!.goesOn;
}

test.each([
  [0, 10],
  [25, 20],
  [50, 30],
  [60, 34], // between 30 and 40, linearly: numpy.percentile
  [100, 50],
])("of 10, 20, 30, 40, 50 the %d. percentile is %d", (percentile, bound) => {
  expect(goesOn(percentile, bound)).toBe(true);
  expect(goesOn(percentile, bound + 0.001)).toBe(false);
});

test("100 percent stop what is worse than all before it", () => {
  const pruner = createPruner(
    { type: "percentile", percentile: 100, startup: 1, warmup: 0, interval: 1 },
    { epochs: 3, generations: [4], goal: "minimize" },
  );
  const verdicts = [3, 5, 4, 3].flatMap((cost, configuration) => pruner.report(configuration, 1, cost));
  expect(verdicts.map(({ goesOn }) => goesOn)).toEqual([true, false, true, true]);
});
