import { testOptimizer } from "../testing.ts";
import { muon } from "./muon.ts";

testOptimizer(muon, [
  {},
  { learningRate: 0.01, momentum: 0.8, nesterov: false },
  { weightDecay: 0.1, iterations: 3 },
]);
