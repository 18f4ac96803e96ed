import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { softplus } from "./softplus.ts";

testLayer(softplus, [
  { inputShape: [7] },
  { inputShape: [4, 4, 3] },
  { options: { beta: 3 }, inputShape: [2, 3, 4] },
  ...drawShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);
