import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { afterWarmup, warmupNotices, warmupOption } from "./shared/warmup.ts";

/** factor = 1. */
export const constant = defineSchedule({
  type: "constant",
  description: "The optimizer's learning rate, from the first step to the last.",
  options: Type.Object({ ...warmupOption }),
  isOpenEnded: () => true,
  notices: warmupNotices,
  build: ({ warmup }, context) => afterWarmup(warmup, context, () => ({ factor: () => 1 })),
});
