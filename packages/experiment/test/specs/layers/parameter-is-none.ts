import { Type } from "typebox";

// What someone may write without a type check.
export const layer = {
  type: "parameter-is-none",
  description: "A layer for tests.",
  options: Type.Object({}),
  plan: () => ({ outputShape: [32], parameters: { weight: {} }, build: () => ({}) }),
};
