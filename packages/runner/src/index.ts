export { BEST_EXPERIMENT_FILE, readBestTrials } from "./finish/best-experiment.ts";
export { finishRun, type FinishResult } from "./finish/finish-run.ts";
export { planResume, type ResumePlan } from "./earlier/resume-plan.ts";
export { EarlierTrials, hasEarlierRuns } from "./earlier/earlier-trials.ts";
export { ReusingExecutor } from "./earlier/reusing-executor.ts";
export { planReuse, reuseTrials, type ReuseContext, type ReusePlan } from "./earlier/reuse-trials.ts";
export {
  describeEnvironment,
  getPackageVersion,
  readEnvironment,
  workspaceFolder,
  type RunOrigin,
} from "./environment.ts";
export { updateEnvironment } from "./update-environment.ts";
export {
  forecastRun,
  chooseRepresentativeTrials,
  countRemainingMultiplyAdds,
  chooseCalibrationNetworks,
  computeRemainingWork,
  type Forecast,
  type RemainingWork,
} from "./forecast.ts";
export { assignCores } from "./processes/cores.ts";
export { resolveWorkspacePackages } from "./processes/custom-imports.ts";
export { InterruptedError, InterruptHandler } from "./processes/interrupt-handler.ts";
export { ActiveTimer, getActiveSeconds } from "./processes/active-time.ts";
export { WorkerPool } from "./processes/worker-pool.ts";
export { HUNG_AFTER_SECONDS, TrialFailure, WorkerCrash, WorkerProcess } from "./processes/worker-process.ts";
export type { RunObserver } from "./run-observer.ts";
export {
  createSweepScheduler,
  recordPrunings,
  recordSweepEnd,
  runPendingTrials,
  type StoppedTrial,
} from "./run-trials.ts";
export { TooManyFailures } from "./scheduling/run-with-retries.ts";
export { endExecutors, type TrialExecutor } from "./scheduling/trial-executor.ts";
export {
  METRIC_COLUMNS,
  findTiedConfigurations,
  toMetricName,
  getMetric,
  rankConfigurations,
  sortConfigurations,
  summarizeConfiguration,
  type ConfigurationSummary,
  type MetricName,
  type RankedConfiguration,
  type MeanAndDeviation,
} from "./scheduling/ranking.ts";
export type { SweepEnd } from "./scheduling/sweep-scheduler.ts";
export { TrialJournal } from "./scheduling/trial-journal.ts";
