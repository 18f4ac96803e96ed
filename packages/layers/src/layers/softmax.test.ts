import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { softmax } from "./softmax.ts";

testLayer(softmax, [
  { inputShape: [7] },
  { inputShape: [4, 4, 3] },
  { inputShape: [1] },
  ...drawShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);
