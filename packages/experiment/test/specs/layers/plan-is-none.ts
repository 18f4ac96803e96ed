import { Type } from "typebox";

// What someone may write without a type check.
export const layer = {
  type: "plan-is-none",
  description: "A layer for tests.",
  options: Type.Object({}),
  plan: () => undefined,
};
