import { defineLayer } from "@nn/layers";
import { Type } from "typebox";

export const layer = defineLayer({
  type: "wrong-schema",
  description: "A layer for tests.",
  options: Type.Object({ word: Type.String({ default: "a", pattern: "(" }) }),
  plan: (_options, inputShape) => ({
    outputShape: inputShape,
    build: () => ({ forward: (x) => x, backward: (dy) => dy }),
  }),
});
