export { prunerKind, pruners, samplerKind, samplers } from "./catalog.ts";
export { checkDomain } from "./space/check-domain.ts";
export { ConstraintError } from "./space/constraint-error.ts";
export type { DerivedVariables } from "./space/constraint-term.ts";
export { parseConstraint, type Constraint } from "./space/constraint.ts";
export * from "./space/domain.ts";
export { createLabels } from "./space/label.ts";
export type { Problem } from "./problem.ts";
export { ProposalError } from "./proposal-error.ts";
export {
  checkPruner,
  createPruner,
  dependsOnLaterConfigurations,
  type PrunerBlock,
  type PrunerCatalog,
} from "./prune.ts";
export {
  definePruner,
  type PruningContext,
  type Pruner,
  type PrunerDefinition,
  type PruningDecision,
} from "./pruner.ts";
export { toObjective, rankByMetric, type Goal } from "./rank.ts";
export {
  defineAdaptiveSampler,
  defineSampler,
  type AdaptiveSampler,
  type Conditions,
  type FinishedTrial,
  type FixedSampler,
  type TrialHistory,
  type Proposal,
  type SamplerDefinition,
} from "./sampler.ts";
export {
  resolveSweptValues,
  keyByPath,
  createExampleTrial,
  createFirstTrial,
  getExistingParameters,
  listParameters,
  enumerateCombinations,
  listSweptPaths,
  type Condition,
  type Parameter,
} from "./space/space.ts";
export {
  checkEpochs,
  checkSweep,
  continuesNetworks,
  getGenerationSizes,
  isAdaptive,
  canBeDistinct,
  collectSweepNotices,
  proposeCombinations,
  type SamplerCatalog,
  type SearchSpace,
} from "./sweep.ts";
export { enumerateDomain } from "./space/enumerate-domain.ts";
export * from "./pruners/shared/by-objective.ts";
export * from "./pruners/shared/halving.ts";
export * from "./pruners/shared/median-pruning.ts";
export * from "./pruners/shared/rungs.ts";
export * from "./samplers/shared/draw.ts";
export * from "./samplers/shared/generation-options.ts";
export * from "./samplers/shared/argsort-trials.ts";
export * from "./samplers/shared/no-learning-notice.ts";
export * from "./space/canonical.ts";
export * from "./space/dimension.ts";
