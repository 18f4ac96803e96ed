import { defineAdaptiveSampler, drawValue } from "@nn/sweep";
import { Type } from "typebox";

/** Proposes two random combinations, then the best so far with one value replaced by a random one. */
export const bestNeighbour = defineAdaptiveSampler({
  type: "best-neighbour",
  description: "Changes one value of the best trial so far.",
  options: Type.Object({ trials: Type.Integer({ minimum: 1, description: "Number of combinations." }) }),
  check: () => [],
  generations: ({ trials }) => [
    Math.min(2, trials),
    ...Array.from({ length: Math.max(0, trials - 2) }, () => 1),
  ],
  proposeNext(domains, _options, rng, history, count) {
    const objective = (index: number): number => history[index]!.objective ?? Infinity;
    const best = [...history.keys()].sort((a, b) => objective(a) - objective(b))[0];
    const names = Object.keys(domains);
    return Array.from({ length: count }, (_, index) => {
      const stream = rng.fork(history.length + index);
      const changed = names[stream.fork("which").integer(names.length)];
      const parameters = Object.fromEntries(
        names.map((name) => {
          const kept = best === undefined ? undefined : history[best]!.parameters[name];
          const isKept = kept !== undefined && name !== changed;
          return [name, isKept ? kept : drawValue(domains[name]!, stream.fork(name))];
        }),
      );
      return { parameters };
    });
  },
});
