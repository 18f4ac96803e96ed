import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";

/** Every weight is 0: all neurons of a layer stay alike and learn the same. To see why the others exist. */
export const zeros = defineInitializer({
  type: "zeros",
  description: "Every weight is 0. All neurons of a layer then learn the same: try it once to see why not.",
  options: Type.Object({}),
  fill(_options, value) {
    value.data.fill(0);
  },
});
