import { createRng } from "@nn/tensor";

import { randomShapes, testLayer } from "../testing.ts";
import { rmsNorm } from "./rms-norm.ts";

testLayer(rmsNorm, [
  { inputShape: [7] },
  { options: { affine: false, epsilon: 0.1 }, inputShape: [4, 4, 3] },
  ...randomShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);
