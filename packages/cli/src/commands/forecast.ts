import type { Experiment, ForecastInput } from "@nn/experiment";
import type { DatasetInfo } from "@nn/mnist";
import {
  TrialFailure,
  WorkerCrash,
  forecastRun,
  chooseCalibrationNetworks,
  type Forecast,
  type RemainingWork,
  type WorkerProcess,
} from "@nn/runner";
import type { CalibrationResult, ThreadCount, Trial, TrialSpec } from "@nn/training";
import { formatForecast, formatMissingForecast } from "../terminal/forecast.ts";

/**
 * Input of `describeForecast`: the remaining work, likely trials, and the workers that measure the speed of
 * their networks.
 */
export interface ForecastOptions {
  readonly experiment: Experiment;
  readonly forecastInputOf: (spec: TrialSpec) => ForecastInput;
  readonly work: RemainingWork;
  /** See `chooseRepresentativeTrials`. */
  readonly likely: readonly Trial[];
  /**
   * The workers that will train. All of them measure at the same time, because they will also share the
   * machine during training.
   */
  readonly workers: readonly WorkerProcess[];
  readonly threads: ThreadCount;
  /** Absolute path. */
  readonly experimentFolder: string;
}

/** The line to print: the forecast, or the reason for its absence. */
interface ForecastLines {
  readonly line: string;
  readonly isThere: boolean;
}

/**
 * Forecasts a run from the measured time of a few training steps of its networks. Returns the line to print.
 * If a worker crashes or a measurement fails, the line contains the reason and `isThere` is false. Any other
 * error is thrown.
 */
export async function describeForecast(calibration: ForecastOptions): Promise<ForecastLines> {
  const { experiment, workers } = calibration;
  const { length } = workers;
  const isElsewhere = experiment.executor?.type === "redis";
  const who = `${length} ${length === 1 ? "worker" : "workers"}${isElsewhere ? " like those of this machine" : ""}`;
  try {
    return { line: formatForecast(await calibrateForecast(calibration), who), isThere: true };
  } catch (error) {
    if (!(error instanceof TrialFailure || error instanceof WorkerCrash)) throw error;
    return { line: formatMissingForecast(error.message), isThere: false };
  }
}

/** Measures the networks and forecasts the run. Throws WorkerCrash and TrialFailure. */
async function calibrateForecast(calibration: ForecastOptions): Promise<Forecast> {
  const { experiment, forecastInputOf, work, likely, workers, threads, experimentFolder } = calibration;
  const paces = new Map<TrialSpec, CalibrationResult>();
  for (const spec of chooseCalibrationNetworks(likely, forecastInputOf)) {
    const sample = { spec, info: removeUnsendable(forecastInputOf(spec).info), threads, experimentFolder };
    // All workers measure the same network at the same time, one network after the other.
    const found = await Promise.all(workers.map((worker) => worker.calibrate(sample)));
    paces.set(spec, meanPace(found));
  }
  return forecastRun(experiment, work, forecastInputOf, paces, workers.length);
}

function meanPace(paces: readonly CalibrationResult[]): CalibrationResult {
  const mean = (of: (pace: CalibrationResult) => number): number =>
    paces.reduce((sum, pace) => sum + of(pace), 0) / paces.length;
  return {
    learning: mean(({ learning }) => learning),
    measuring: mean(({ measuring }) => measuring),
    building: mean(({ building }) => building),
    bytes: mean(({ bytes }) => bytes),
  };
}

/**
 * Returns the info without the training labels, which take one byte per image and are not needed for the
 * measurement, and without its function, which cannot be sent to a worker.
 */
function removeUnsendable({
  trainingLabels: _labels,
  findUniformPixel: _find,
  ...info
}: DatasetInfo): DatasetInfo {
  return info;
}
