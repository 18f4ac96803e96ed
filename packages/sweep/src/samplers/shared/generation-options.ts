import { Type } from "typebox";

/** Options of samplers that learn one generation at a time. */
export const generationOptions = {
  trials: Type.Integer({ minimum: 1, maximum: 10_000, description: "Number of trials in total." }),
  generation: Type.Integer({
    minimum: 1,
    maximum: 1000,
    default: 4,
    description:
      "Number of trials per generation. They are proposed together after all earlier trials have ended, " +
      "and can run in parallel. A smaller number learns faster.",
  }),
};

/**
 * Returns the schema of the option `startup`. `untilThen` describes what the sampler does before it learns.
 */
export function startupOption(untilThen: string) {
  return Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 10,
    description: `Number of trials that must end before the sampler learns. Until then it ${untilThen}.`,
  });
}

/** Returns the sizes of the generations: `size` each, except that the last may be smaller. */
export function computeGenerationSizes(trials: number, size: number): number[] {
  return Array.from({ length: Math.ceil(trials / size) }, (_, index) =>
    Math.min(size, trials - index * size),
  );
}
