import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";

/** All neurons of a layer then stay equal, which shows why weights are initialized randomly. */
export const zeros = defineInitializer({
  type: "zeros",
  description:
    "Sets every weight to 0. All neurons of a layer then learn the same weights, which shows why " +
    "weights are initialized randomly.",
  formula: "W = 0",
  options: Type.Object({}),
  fill(_options, value) {
    value.data.fill(0);
  },
});
