export { calibrate } from "./calibrate.ts";
export { canonicalJson } from "./canonical-json.ts";
export { CustomResultError } from "./custom/check-custom-results.ts";
export { CHECKPOINT_FILE, TrainingStopped } from "./checkpoint/checkpoint-file.ts";
export {
  CheckpointError,
  decodeCheckpoint,
  getCheckpointProgress,
  readCheckpoint,
} from "./checkpoint/checkpoint.ts";
export { CUSTOM_TYPE_PATTERN, collectCustomTypes, isCustomType } from "./custom/custom-types.ts";
export { createAugmenter, createTestTimeAugmentation } from "./data/augmentation.ts";
export { splitDataset, type DatasetSplits } from "./data/split-dataset.ts";
export type { InputHashes } from "./data/check-inputs.ts";
export { findDataSources, prepareData, type DataSource } from "./data/prepare-data.ts";
export { EVALUATION_BATCH_SIZE } from "./evaluate.ts";
export { hashCustomParts } from "./saved/saved-custom-parts.ts";
export { matchClasses } from "./saved/match-classes.ts";
export { evaluateSaved, type SavedEvaluation } from "./saved/evaluate-saved.ts";
export { isRecord } from "./is-record.ts";
export {
  HEARTBEAT_SECONDS,
  type TrialAssignment,
  type CheckpointReport,
  type EpochReport,
  type WorkerMessage,
  type WorkerPreparation,
  type CalibrationResult,
  type TrialReport,
  type WorkerRequest,
  type ThreadCount,
  type CalibrationRequest,
  type TrialOutcome,
} from "./messages.ts";
export { findBestEpoch } from "./metrics/best-epoch.ts";
export { findRestoredEpoch } from "./step/early-stopping.ts";
export { computeClassMetrics, computeTopKAccuracies, type ClassMetrics } from "./metrics/class-metrics.ts";
export { formatPath, parsePath, type Path, type PathStep } from "./path.ts";
export type { Profile, ProfileRow } from "./profile/profile.ts";
export { Profiler } from "./profile/profiler.ts";
export { PROFILE_FILE, TRACE_FILE, saveProfile } from "./profile/save-profile.ts";
export { weightAverages } from "./step/weight-averages.ts";
export { createWeightTrackers, type WeightTrackers } from "./step/weight-trackers.ts";
export { createScheduleContext } from "./step/schedule-context.ts";
export { train } from "./train.ts";
export {
  createTrialFingerprinter,
  type TrialFingerprinter,
  type TrialFingerprint,
} from "./trial-fingerprint.ts";
export type { PartSpec, SweptValue, TrainingSpec, Trial, TrialSpec } from "./trial-spec.ts";
export { runTrial } from "./trial.ts";
export { NETWORK_FILE, OUTPUTS_FILE, TEST_TABLES, VALIDATION_TABLES } from "./saved/save-trial.ts";
export { decodeOutputs, encodeOutputs, type EvaluatedSet, type SavedOutputs } from "./saved/saved-outputs.ts";
export type { Predictions } from "./metrics/predictions.ts";
export { predictImages } from "./saved/predict-images.ts";
export { getOutputLayerTypes } from "./saved/output-layers.ts";
export { getProbabilityFunction, type ProbabilityFunction } from "./saved/probability-function.ts";
export {
  decodeNetwork,
  loadNetwork,
  createNetworkMetadata,
  TENSOR_LAYOUT,
  type NetworkDescription,
  type SavedNetwork,
} from "./saved/saved-network.ts";
export { createTrainingRuntime, type TrainingRuntime } from "./training-runtime.ts";
export {
  loadPartCatalogs,
  partCatalogs,
  type CatalogEntries,
  type CustomizableCatalog,
  type PartCatalogs,
} from "./part-catalogs.ts";
