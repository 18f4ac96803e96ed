import { needsLater } from "@nn/sweep";
import { Type, type Static } from "typebox";

import { areSound, metricOf, repeatsOf, sweepOf, type Reading } from "./fit.ts";
import { placeOf, type Located } from "./located.ts";
import type { Problems } from "./problem.ts";
import type { Span } from "./source.ts";

export const budgetSchema = Type.Object(
  {
    trials: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "At most so many trials: as many whole configurations as that makes.",
      }),
    ),
    epochs: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          "At most so many epochs of all trials together. The configurations count in their order, as many as fit, and one at least.",
      }),
    ),
    minutes: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 30_000,
        description:
          "At most so many minutes of training for one command; the same command again goes on, for as many. How far it comes depends on the machine: the same bytes are given up until all trials have ended.",
      }),
    ),
    target: Type.Optional(
      Type.Number({
        description:
          "The first configuration, in their order, whose repeats all completed with a mean metric that is as good as this is the last.",
      }),
    ),
  },
  {
    minProperties: 1,
    description:
      "What ends the sweep before all that the sampler proposes is trained; whichever comes first.",
  },
);

/** Where a sweep ends. What is not there ends nothing. */
export type Budget = Readonly<Static<typeof budgetSchema>>;

/** What is wrong with the budget of a sweep, as far as the parts that it needs are right. */
export function checkBudget(reading: Reading, root: Located, problems: Problems): void {
  const { budget, pruner } = sweepOf(reading.body) ?? {};
  if (budget === undefined || !areSound(reading, "sweep.budget")) return;
  const place = (key: keyof Budget): Span => placeOf(root, ["sweep", "budget", key]).key;

  const repeats = repeatsOf(reading);
  if (budget.trials !== undefined && repeats !== undefined && budget.trials < repeats) {
    problems.add({
      place: place("trials"),
      message: `a configuration is ${repeats} trials, one for each of its repeats, and the budget is ${budget.trials}`,
      expected: `at least ${repeats}`,
      advice: "Allow more trials, or repeat them less often.",
    });
  }
  const metric = metricOf(reading);
  if (metric?.endsWith(".accuracy") === true && budget.target !== undefined && !isShare(budget.target)) {
    problems.add({
      place: place("target"),
      message: `${metric} is a share of the images, and never ${budget.target}`,
      expected: "a number from 0 to 1",
      advice: "99 % is written 0.99.",
    });
  }
  if (pruner === undefined || !areSound(reading, "sweep.pruner") || !needsLater(pruner.type)) return;
  for (const key of ["epochs", "target"] as const) {
    if (budget[key] === undefined) continue;
    problems.add({
      place: place(key),
      message: `${pruner.type} compares a configuration with later ones, so the sweep cannot end before those`,
      advice: `Leave out ${key}, set trials in its place, or use a pruner that looks at earlier ones alone, such as median.`,
    });
  }
}

/** How many configurations a budget of so many trials makes. */
export function configurationsWithin({ trials = Infinity }: Budget, repeats: number): number {
  return Math.floor(trials / repeats);
}

/** As many configurations of these generations, from the first. */
export function firstOf(generations: readonly number[], count: number): number[] {
  const first: number[] = [];
  let left = count;
  for (const size of generations) {
    if (left <= 0) break;
    first.push(Math.min(size, left));
    left -= size;
  }
  return first;
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
