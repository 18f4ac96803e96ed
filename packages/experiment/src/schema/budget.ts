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
          "Maximum number of trials. Only complete configurations are trained, with all their repeats.",
      }),
    ),
    epochs: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          "Maximum total number of epochs of all trials. The sweep ends after the last configuration that fits, " +
          "but trains at least one.",
      }),
    ),
    minutes: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 30_000,
        description:
          "Maximum training time of one command in minutes. Run the command again to resume for the same time. " +
          "The number of finished trials depends on the machine, so results may differ until all trials have " +
          "ended.",
      }),
    ),
    target: Type.Optional(
      Type.Number({
        description:
          "Ends the sweep after the first configuration that reaches this mean of the metric, with all repeats " +
          "completed.",
      }),
    ),
  },
  {
    minProperties: 1,
    description: "Limits that end the sweep early. The first limit that is reached ends it.",
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
