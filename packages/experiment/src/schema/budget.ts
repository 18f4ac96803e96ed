import { Type, type Static } from "typebox";

/**
 * The schema of an experiment's `sweep.budget`: limits on trials, epochs and minutes, and a target metric.
 */
export const budgetSchema = Type.Object(
  {
    trials: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          "Largest number of trials. Only whole configurations are trained, with all their repeats.",
      }),
    ),
    epochs: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          "Largest number of epochs of all trials together. As many configurations run, in order, as fit; " +
          "at least one.",
      }),
    ),
    minutes: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 30_000,
        description:
          "Largest number of minutes that one command trains. The same command again resumes for as many " +
          "more. How far it gets depends on the machine, so the bytes may differ until all trials have " +
          "ended.",
      }),
    ),
    target: Type.Optional(
      Type.Number({
        description:
          "Ends the sweep with the first configuration, in order, whose repeats all completed with a mean " +
          "metric at least this good.",
      }),
    ),
  },
  {
    minProperties: 1,
    description: "Limits that end the sweep early. The first limit that is reached ends the sweep.",
  },
);

/** The limits of a sweep. An absent limit does not apply. */
export type Budget = Readonly<Static<typeof budgetSchema>>;

/**
 * Returns the number of complete configurations that the limit on trials allows; Infinity without a limit.
 */
export function countConfigurationsWithin({ trials = Infinity }: Budget, repeats: number): number {
  return Math.floor(trials / repeats);
}

/** Cuts generations to the first `count` configurations. */
export function truncateGenerations(generations: readonly number[], count: number): number[] {
  const first: number[] = [];
  let left = count;
  for (const size of generations) {
    if (left <= 0) break;
    first.push(Math.min(size, left));
    left -= size;
  }
  return first;
}
