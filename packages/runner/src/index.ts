export { findContinuation, type Continuation } from "./earlier/continuation.ts";
export { EarlierTrials, anyEarlierRun } from "./earlier/earlier-trials.ts";
export { ReusingTrainer } from "./earlier/reusing-executor.ts";
export { planTakeOver, takeOver, type Reuse, type TakeOver } from "./earlier/take-over.ts";
export {
  describeEnvironment,
  packageVersion,
  recordedCircumstances,
  workspaceFolder,
} from "./environment.ts";
export {
  forecastOf,
  likelyTrials,
  multiplyAddsOf,
  toCalibrate,
  workLeft,
  type Forecast,
  type RunWork,
} from "./forecast.ts";
export { shareCores } from "./processes/cores.ts";
export { offerOwnPackages } from "./processes/custom-imports.ts";
export { Interrupted, Interruption } from "./processes/interruption.ts";
export { SeenTimer, seenSeconds } from "./processes/seen-time.ts";
export { Crew } from "./processes/worker-pool.ts";
export { HUNG_AFTER_SECONDS, TrialFailure, WorkerCrash, WorkerProcess } from "./processes/worker-process.ts";
export type { RunObserver } from "./run-observer.ts";
export { courseOf, recordEnd, trainPending, type StoppedTrial } from "./run-trials.ts";
export { TooManyFailures, endTrainers, type Trainer } from "./scheduling/dispatch.ts";
export {
  MEASURES,
  equalsOf,
  measureNamed,
  measureOf,
  rankConfigurations,
  type MeasureName,
  type RankedConfiguration,
  type Spread,
} from "./scheduling/ranking.ts";
export type { SweepEnd } from "./scheduling/sweep-scheduler.ts";
export { TrialJournal } from "./scheduling/trial-journal.ts";
