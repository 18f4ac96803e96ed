import { testOptimizer } from "../testing.ts";
import { adamw } from "./adamw.ts";

testOptimizer(adamw, [{}, { learningRate: 0.01, beta1: 0.8, beta2: 0.99 }, { weightDecay: 0 }]);
