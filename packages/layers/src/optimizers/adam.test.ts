import { testOptimizer } from "../testing.ts";
import { adam } from "./adam.ts";

testOptimizer(adam, [
  {},
  { learningRate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 },
  { weightDecay: 0.1 },
]);
