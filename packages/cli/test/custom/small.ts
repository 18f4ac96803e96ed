import { defineInitializer } from "@nn/layers";
import { Type } from "typebox";

/** Uniform between −bound and bound. */
export const small = defineInitializer({
  type: "small",
  description: "Small numbers, each as likely as the others.",
  options: Type.Object({ bound: Type.Number({ default: 0.1, description: "The largest of them." }) }),
  fill({ bound }, value, _fan, rng) {
    for (let i = 0; i < value.data.length; i++) value.data[i] = bound * (2 * rng.uniform() - 1);
  },
});
