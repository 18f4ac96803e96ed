import { Type } from "typebox";

// What someone may write who does not ask the compiler: build beside plan, and not in what it gives.
export const layer = {
  type: "build-is-missing",
  description: "A layer for tests.",
  options: Type.Object({}),
  plan: () => ({ outputShape: [32] }),
  build: () => ({}),
};
