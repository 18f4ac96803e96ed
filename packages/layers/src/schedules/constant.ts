import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { buildWithWarmup, getWarmupNotices, warmupOption } from "./shared/warmup.ts";

/** The factor is 1 at every step. */
export const constant = defineSchedule({
  type: "constant",
  description: "Keeps the learning rate of the optimizer constant.",
  formula: "factor = 1",
  options: Type.Object({ ...warmupOption }),
  isOpenEnded: () => true,
  notices: getWarmupNotices,
  build: ({ warmup }, context) => buildWithWarmup(warmup, context, () => ({ factor: () => 1 })),
});
