import { defineLayer } from "@nn/layers";
import { Type } from "typebox";

export const layer = defineLayer({
  type: "wrong-shape",
  description: "A layer for tests.",
  options: Type.Object({}),
  plan: () => ({ outputShape: [0.5], build: () => ({ forward: (x) => x, backward: (dy) => dy }) }),
});
