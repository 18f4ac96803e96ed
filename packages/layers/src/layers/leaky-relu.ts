import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planElementwise } from "./shared/elementwise.ts";

/** y = x where x ≥ 0, else slope·x; dx = dy where y > 0, else slope·dy. Maas, Hannun & Ng 2013. */
export const leakyRelu = defineLayer({
  type: "leaky-relu",
  description: "A relu that lets a little of what is negative through, so that no neuron dies.",
  options: Type.Object({
    slope: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.01,
      description: "The derivative where the input is negative.",
    }),
  }),
  plan: ({ slope }, inputShape) => planElementwise({ kind: "leaky-relu", slope }, inputShape),
});
