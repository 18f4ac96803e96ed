import { defineSchedule } from "@nn/layers";
import { Type } from "typebox";

/** factor = 1/2 ^ (epoch / every), with the epoch rounded down. */
export const halving = defineSchedule({
  type: "halving",
  description: "Halves the learning rate every few epochs.",
  options: Type.Object({
    every: Type.Integer({ minimum: 1, default: 1, description: "Number of epochs between halvings." }),
  }),
  isOpenEnded: () => true,
  build: ({ every }, { stepsPerEpoch }) => ({
    factor(step) {
      let factor = 1;
      for (let at = every * stepsPerEpoch; at <= step; at += every * stepsPerEpoch) factor /= 2;
      return factor;
    },
  }),
});
