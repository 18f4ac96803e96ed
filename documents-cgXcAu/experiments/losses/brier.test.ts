import { testLoss } from "@nn/layers/testing";

import { brier } from "./brier.ts";

testLoss(brier, [{ classes: 2 }, { classes: 10 }]);
