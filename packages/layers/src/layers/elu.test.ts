import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { elu } from "./elu.ts";

testLayer(elu, [
  { inputShape: [7] },
  { inputShape: [4, 4, 3] },
  { options: { alpha: 0.5 }, inputShape: [5] },
  ...drawShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);
