import { Type } from "typebox";

import { planActivation } from "./shared/activation.ts";
import { defineLayer } from "../definition.ts";

/**
 * y = 0 where x ≤ −3, x where x ≥ 3, else x·(x + 3) / 6; dx = dy · (0, 1, else (2x + 3) / 6). Howard et al.
 * 2019.
 */
export const hardSwish = defineLayer({
  type: "hard-swish",
  description:
    "Swish made of pieces of a parabola: no exponential, as small networks for telephones have it.",
  options: Type.Object({}),
  plan: (_options, inputShape) => planActivation({ kind: "hard-swish" }, inputShape),
});
