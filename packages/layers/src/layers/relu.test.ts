import { createRng } from "@nn/tensor";

import { randomShapes, testLayer } from "../testing.ts";
import { relu } from "./relu.ts";

testLayer(relu, [
  { inputShape: [7] },
  { inputShape: [4, 4, 3] },
  ...randomShapes(createRng(3), 2, 3).map((inputShape) => ({ inputShape })),
]);
