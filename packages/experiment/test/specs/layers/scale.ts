import { defineLayer } from "@nn/layers";
import { Type } from "typebox";

export const layer = defineLayer({
  type: "scale",
  description: "A layer for tests.",
  options: Type.Object({ factor: Type.Number({ default: 1, description: "What each number is multiplied by." }) }),
  plan: (_options, inputShape) => ({
    outputShape: inputShape,
    build: () => ({ forward: (x) => x, backward: (dy) => dy }),
  }),
});
