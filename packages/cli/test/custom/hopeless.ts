import { definePruner } from "@nn/sweep";
import { Type } from "typebox";

/** Does not compare configurations, so it decides at once. */
export const hopeless = definePruner({
  type: "hopeless",
  description: "Stops a configuration whose objective is not below a bound, or that has no objective.",
  options: Type.Object({
    bound: Type.Number({
      description: "Upper bound of the objective, which is minimized (an accuracy is negated).",
    }),
    after: Type.Integer({ minimum: 1, default: 1, description: "Epoch after which the bound is checked." }),
  }),
  check: ({ after }, { epochs }) =>
    after < epochs
      ? []
      : [{ path: ["after"], message: `nothing can be stopped after epoch ${after}; make after smaller` }],
  create: ({ bound, after }, { epochs }) => ({
    rungs: () => (after < epochs ? [after] : []),
    report: (configuration, epoch, objective) => [
      { configuration, epoch, continues: objective !== undefined && objective < bound },
    ],
    end: () => [],
  }),
});
