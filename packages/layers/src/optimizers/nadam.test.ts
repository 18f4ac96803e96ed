import { testOptimizer } from "../testing.ts";
import { nadam } from "./nadam.ts";

testOptimizer(nadam, [{}, { learningRate: 0.01, beta1: 0.8, momentumDecay: 0.1 }, { weightDecay: 0.1 }]);
