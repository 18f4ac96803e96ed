import { createRng } from "@nn/tensor";

import { drawShapes, testLayer } from "../testing.ts";
import { prelu } from "./prelu.ts";

testLayer(prelu, [
  { inputShape: [7] },
  { options: { perChannel: true }, inputShape: [7] },
  ...drawShapes(createRng(5), 3, 3).flatMap((inputShape) => [
    { inputShape },
    { options: { perChannel: true }, inputShape },
  ]),
]);
