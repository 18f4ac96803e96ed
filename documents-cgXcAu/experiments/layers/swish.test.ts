import { testLayer } from "@nn/layers/testing";

import { swish } from "./swish.ts";

testLayer(swish, [
  { options: {}, inputShape: [7] },
  { options: { beta: 2.5 }, inputShape: [3, 2, 4] },
]);
