import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { leakyRelu } from "./leaky-relu.ts";

testLayer(leakyRelu, [
  { options: { slope: 0.3 }, inputShape: [7] },
  { inputShape: [4, 4, 3] },
  ...drawShapes(createRng(4), 2, 3).map((inputShape) => ({ inputShape })),
]);
