import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { getIdleWarmupNotices } from "./shared/idle-options.ts";
import { buildWithWarmup, getWarmupNotices, warmupOption } from "./shared/warmup.ts";

/** The factor is 1 at every step. */
export const constant = defineSchedule({
  type: "constant",
  description: "Keeps the learning rate of the optimizer constant.",
  formula: "factor = 1",
  options: Type.Object({ ...warmupOption }),
  isOpenEnded: () => true,
  notices: getWarmupNotices,
  idleOptions: getIdleWarmupNotices,
  build: ({ warmup }, context) => buildWithWarmup(warmup, context, () => ({ factor: () => 1 })),
});
