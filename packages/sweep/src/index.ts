export { pruners, samplers } from "./catalog.ts";
export { checkDomain } from "./check-domain.ts";
export * from "./domain.ts";
export { labelsOf } from "./label.ts";
export type { Problem } from "./problem.ts";
export { checkPruner, createPruner, needsLater, type PrunerBlock } from "./prune.ts";
export { definePruner, type Course, type Pruner, type PrunerDefinition, type Verdict } from "./pruner.ts";
export { costOf, rank, type Goal } from "./rank.ts";
export {
  defineAdaptiveSampler,
  defineSampler,
  type AdaptiveSampler,
  type Conditions,
  type Ended,
  type FixedSampler,
  type History,
  type Proposal,
  type SamplerDefinition,
} from "./sampler.ts";
export {
  assemble,
  byPath,
  exampleWith,
  firstExample,
  existingIn,
  parametersOf,
  pathsOf,
  type Condition,
  type Parameter,
} from "./space.ts";
export {
  checkLength,
  checkSweep,
  continuesTrainings,
  generationsOf,
  isAdaptive,
  mayDiffer,
  noticesOf,
  propose,
  type SearchSpace,
} from "./sweep.ts";
export { valuesOf } from "./values-of.ts";
