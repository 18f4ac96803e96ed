import { testOptimizer } from "../testing.ts";
import { adagrad } from "./adagrad.ts";

testOptimizer(adagrad, [
  {},
  { learningRate: 0.1, learningRateDecay: 0.1 },
  { initialAccumulator: 0.5, weightDecay: 0.1 },
]);
