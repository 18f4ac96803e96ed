import { Type } from "typebox";

/** What samplers that learn, a generation at a time, from some trials on have in common. */
export const generationOptions = {
  trials: Type.Integer({ minimum: 1, maximum: 10_000, description: "How many combinations in all." }),
  generation: Type.Integer({
    minimum: 1,
    maximum: 1000,
    default: 4,
    description:
      "How many are proposed at a time, when all before have ended: so many can run at once. A smaller " +
      "number learns faster.",
  }),
};

/** `startup`; what it does until then. */
export function startupOption(untilThen: string) {
  return Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 10,
    description: `How many trials must have ended before it learns; until then it ${untilThen}.`,
  });
}

/** Full generations, and what is left. */
export function generationsOfSize(trials: number, size: number): number[] {
  return Array.from({ length: Math.ceil(trials / size) }, (_, index) =>
    Math.min(size, trials - index * size),
  );
}
