import { defineLayer } from "@nn/layers";
import { Type } from "typebox";

export const layer = defineLayer({
  type: "plan-throws",
  description: "A layer for tests.",
  options: Type.Object({}),
  plan() {
    throw new TypeError("nothing is planned here");
  },
});
