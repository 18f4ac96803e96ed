import { defineInitializer } from "@nn/layers";
import { Type } from "typebox";

/** Uniform between −bound and bound. */
export const small = defineInitializer({
  type: "small",
  description: "Draws small uniform numbers.",
  options: Type.Object({ bound: Type.Number({ default: 0.1, description: "Largest absolute value." }) }),
  fill({ bound }, value, _fan, rng) {
    for (let i = 0; i < value.data.length; i++) value.data[i] = bound * (2 * rng.uniform() - 1);
  },
});
