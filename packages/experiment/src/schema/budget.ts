import { Type, type Static } from "typebox";

/**
 * The schema of an experiment's `sweep.budget`: limits on trials, epochs and minutes, and a target metric.
 */
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
          "At most so many epochs of all trials together. The configurations count in their order, as " +
          "many as fit, and one at least.",
      }),
    ),
    minutes: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 30_000,
        description:
          "At most so many minutes of training for one command; the same command again goes on, for as " +
          "many. How far it comes depends on the machine: the same bytes are given up until all trials " +
          "have ended.",
      }),
    ),
    target: Type.Optional(
      Type.Number({
        description:
          "The first configuration, in their order, whose repeats all completed with a mean metric that " +
          "is as good as this is the last.",
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
