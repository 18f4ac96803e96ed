import { testOptimizer } from "@nn/layers/testing";

import { myAdam } from "./my-adam.ts";

testOptimizer(myAdam, [{}, { learningRate: 0.01, beta1: 0.8 }]);
