import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { tanh } from "./tanh.ts";

testLayer(tanh, [
  { inputShape: [7] },
  { inputShape: [4, 4, 3] },
  ...drawShapes(createRng(6), 2, 3).map((inputShape) => ({ inputShape })),
]);
