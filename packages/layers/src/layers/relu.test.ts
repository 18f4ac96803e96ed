import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { relu } from "./relu.ts";

testLayer(relu, [
  { inputShape: [7] },
  { inputShape: [4, 4, 3] },
  ...drawShapes(createRng(3), 2, 3).map((inputShape) => ({ inputShape })),
]);
