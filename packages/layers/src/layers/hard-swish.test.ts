import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { hardSwish } from "./hard-swish.ts";

testLayer(hardSwish, [
  { inputShape: [7] },
  { inputShape: [4, 4, 3] },

  ...drawShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);
