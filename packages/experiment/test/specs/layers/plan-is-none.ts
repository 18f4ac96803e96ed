import { Type } from "typebox";

// What someone may write who does not ask the compiler.
export const layer = {
  type: "plan-is-none",
  description: "A layer for tests.",
  options: Type.Object({}),
  plan: () => undefined,
};
