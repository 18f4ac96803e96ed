import { testOptimizer } from "../testing.ts";
import { rmsprop } from "./rmsprop.ts";

testOptimizer(rmsprop, [
  {},
  { learningRate: 0.05, alpha: 0.9, momentum: 0.9 },
  { centered: true, weightDecay: 0.1 },
]);
