import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { gelu } from "./gelu.ts";

testLayer(gelu, [
  { inputShape: [7] },
  { inputShape: [4, 4, 3] },
  { options: { approximate: "tanh" }, inputShape: [2, 3, 4] },
  ...drawShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);
