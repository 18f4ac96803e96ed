export { builtInCatalogs, type Catalogs } from "./catalogs.ts";
export { checkSpec } from "./checks/check-spec.ts";
export { createDatasetInfoProvider } from "./checks/dataset-info.ts";
export type { ForecastInput } from "./checks/forecast-input.ts";
export { loadCustomParts } from "./custom-parts.ts";
export { CustomPartError } from "./errors/custom-part-error.ts";
export { ExperimentError, formatProblems, Problems, type Problem } from "./errors/problem.ts";
export { formatSuggestion } from "./errors/suggestion.ts";
export { countTrials, type ConfigurationOutcome, type Experiment, type TrialProposer } from "./experiment.ts";
export {
  getCompiledSchema,
  loadExperiment,
  loadExperimentPlan,
  type LoadedExperiment,
} from "./load-experiment.ts";
export type { Budget } from "./schema/budget.ts";
export { relocateSpec } from "./relocate-spec.ts";
export type { LoggerSpec } from "./schema/loggers.ts";
export { defaultKeep, type KeepSpec } from "./schema/keep.ts";
export { createEditorSchema } from "./schema/editor-schema.ts";
export { checkFiniteNumbers } from "./schema/finite.ts";
export { fillDefaults } from "./schema/json-schema.ts";
export { catalogs, type Catalog } from "./reference/catalogs.ts";
export { findTopics, type FoundTopics } from "./reference/find-topics.ts";
export { createReferencePages } from "./reference/markdown.ts";
export { createRootTopic, iterateTopics, type Topic } from "./reference/topics.ts";
export { wrapText } from "./reference/wrap.ts";
export type { ExperimentBody } from "./sweep/substitute.ts";
export { getTrialSpec } from "./sweep/trials.ts";
export { composeExperiment } from "./yaml/compose.ts";
export { collectDefinitions } from "./schema/definitions.ts";
export { createExperimentSchema } from "./schema/schema.ts";
