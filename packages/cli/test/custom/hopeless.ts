import { definePruner } from "@nn/sweep";
import { Type } from "typebox";

/** Does not compare configurations, so it decides at once. */
export const hopeless = definePruner({
  type: "hopeless",
  description: "Stops a configuration whose objective is not below a bound. One without is stopped.",
  options: Type.Object({
    bound: Type.Number({ description: "Of the objective; that of an accuracy is minus the accuracy." }),
    after: Type.Integer({ minimum: 1, default: 1, description: "The epoch after which it is looked at." }),
  }),
  check: ({ after }, { epochs }) =>
    after < epochs ? [] : [{ path: ["after"], message: `there are ${epochs} epochs; make after smaller` }],
  create: ({ bound, after }, { epochs }) => ({
    rungs: () => (after < epochs ? [after] : []),
    report: (configuration, epoch, objective) => [
      { configuration, epoch, goesOn: objective !== undefined && objective < bound },
    ],
    end: () => [],
  }),
});
