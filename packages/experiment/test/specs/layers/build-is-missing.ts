import { Type } from "typebox";

// A mistake that is possible without a type check: build is beside plan, not in its result.
export const layer = {
  type: "build-is-missing",
  description: "A layer for tests.",
  options: Type.Object({}),
  plan: () => ({ outputShape: [32] }),
  build: () => ({}),
};
