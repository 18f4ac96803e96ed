import { testOptimizer } from "../testing.ts";
import { adadelta } from "./adadelta.ts";

testOptimizer(adadelta, [{}, { learningRate: 0.5, rho: 0.8, epsilon: 1e-4 }, { weightDecay: 0.1 }]);
