import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testPruner } from "../testing.ts";
import { tabulateBrackets, countTrainedEpochs } from "../testing/scheduler.ts";
import { createPruner, checkPruner } from "../prune.ts";
import { hyperband } from "./hyperband.ts";

testPruner(
  hyperband,
  fc.record({
    eta: fc.integer({ min: 2, max: 4 }),
    minEpochs: fc.integer({ min: 1, max: 3 }),
  }),
);

const block = { type: "hyperband", eta: 3, minEpochs: 1 };

/** Returns objectives that are all different and not in order. */
const objective = (configuration: number): number => (configuration * 89) % 997;

function trained(epochs: number, generations: number[], options: object = {}): number[] {
  const context = { epochs, generations, goal: "minimize" } as const;
  return countTrainedEpochs(createPruner({ ...block, ...options }, context), context, objective);
}

describe("R = 81, η = 3", () => {
  const sizes = [81, 34, 15, 8, 5];

  test("the brackets are those of Table 1 of Li et al. 2018", () => {
    expect(tabulateBrackets(trained(81, [143]), sizes)).toEqual([
      [
        [1, 81],
        [3, 27],
        [9, 9],
        [27, 3],
        [81, 1],
      ],
      [
        [3, 34],
        [9, 11],
        [27, 3],
        [81, 1],
      ],
      [
        [9, 15],
        [27, 5],
        [81, 1],
      ],
      [
        [27, 8],
        [81, 2],
      ],
      [[81, 5]],
    ]);
  });

  test("after a full round of brackets, the next round starts", () => {
    const twice = tabulateBrackets(trained(81, [286]), [...sizes, ...sizes]);
    expect(twice.slice(5)).toEqual(twice.slice(0, 5));
  });

  test("a generation ends its last bracket, and the next generation starts with the next bracket", () => {
    expect(tabulateBrackets(trained(81, [7, 34, 2, 100]), [7, 34, 2])).toEqual([
      [
        [1, 7],
        [3, 2],
        [81, 1],
      ],
      [
        [3, 34],
        [9, 11],
        [27, 3],
        [81, 1],
      ],
      [
        [9, 2],
        [81, 1],
      ],
    ]);
  });
});

test("fractional rungs are rounded down", () => {
  const pruner = createPruner(block, { epochs: 100, generations: [143], goal: "minimize" });
  expect(pruner.rungs(0)).toEqual([1, 3, 11, 33]);
});

test("minEpochs excludes the brackets whose first rung is earlier", () => {
  expect(tabulateBrackets(trained(81, [14], { minEpochs: 9 }), [9, 5])).toEqual([
    [
      [9, 9],
      [27, 3],
      [81, 1],
    ],
    [
      [27, 5],
      [81, 1],
    ],
  ]);
});

test("options that train every configuration to the end are a problem", () => {
  const context = { epochs: 8, generations: [9], goal: "minimize" } as const;
  expect(checkPruner({ ...block, minEpochs: 3 }, context)).toEqual([
    {
      path: ["minEpochs"],
      message:
        "with eta = 3 and minEpochs = 3 the only bracket trains all its configurations to the end, epoch " +
        "8; make their product no greater than training.epochs",
    },
  ]);
  expect(checkPruner({ ...block, minEpochs: 2 }, context)).toEqual([]);
});
