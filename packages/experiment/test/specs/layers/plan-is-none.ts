import { Type } from "typebox";

// A mistake that is possible without a type check.
export const layer = {
  type: "plan-is-none",
  description: "A layer for tests.",
  options: Type.Object({}),
  plan: () => undefined,
};
