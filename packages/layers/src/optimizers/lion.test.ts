import { testOptimizer } from "../testing.ts";
import { lion } from "./lion.ts";

testOptimizer(lion, [{}, { learningRate: 0.01, beta1: 0.8 }, { weightDecay: 0.1 }]);
