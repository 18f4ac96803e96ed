export type * from "./experiment.ts";
export { loadExperiment } from "./spec/load-experiment.ts";
export { SpecErrors } from "./spec/problem.ts";
