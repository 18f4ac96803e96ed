import { testOptimizer } from "../testing.ts";
import { radam } from "./radam.ts";

testOptimizer(radam, [{}, { learningRate: 0.01, beta2: 0.9 }, { weightDecay: 0.1 }]);
