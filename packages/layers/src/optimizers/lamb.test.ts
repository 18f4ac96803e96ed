import { testOptimizer } from "../testing.ts";
import { lamb } from "./lamb.ts";

testOptimizer(lamb, [{}, { learningRate: 0.01, beta2: 0.9 }, { weightDecay: 0 }]);
