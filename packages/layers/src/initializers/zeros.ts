import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";

/** All neurons of a layer stay equal and learn the same. Shows why weights are initialized at random. */
export const zeros = defineInitializer({
  type: "zeros",
  description:
    "Sets every weight to 0. All neurons of a layer then learn the same: try it once to see why the other " +
    "initializers exist.",
  formula: "W = 0",
  options: Type.Object({}),
  fill(_options, value) {
    value.data.fill(0);
  },
});
