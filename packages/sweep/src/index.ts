export { samplers } from "./catalog.ts";
export { checkDomain } from "./check-domain.ts";
export * from "./domain.ts";
export type { Problem } from "./problem.ts";
export { rank, type Goal } from "./rank.ts";
export { defineSampler, type SamplerDefinition } from "./sampler.ts";
export { checkSweep, propose, type SearchSpace } from "./sweep.ts";
export { valuesOf } from "./values-of.ts";
