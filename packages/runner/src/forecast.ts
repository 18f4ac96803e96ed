import type { Experiment, ForecastInput, TrialProposer } from "@nn/experiment";
import type { ModelPlan } from "@nn/layers";
import type { TrialRecord } from "@nn/results";
import type { CalibrationResult, Trial, TrialSpec } from "@nn/training";

/** The cost of the rest of a run if nothing ends it early. */
export interface Forecast {
  readonly trials: number;
  /** Total number of epochs of all trials. */
  readonly epochs: number;
  /**
   * Multiply-adds. A training image costs three times its forward pass: for the outputs, the gradients of the
   * weights and the gradients of the inputs.
   */
  readonly multiplyAdds: number;
  /** Seconds until all trials are trained. */
  readonly seconds: number;
  /** Bytes of all files that the run writes and keeps. */
  readonly bytes: number;
  /** True if the forecast is an upper bound, because trials or the run may end early. */
  readonly isUpperBound: boolean;
}

/** The remaining work of a trial. */
interface TrialWork {
  readonly spec: TrialSpec;
  readonly epochs: number;
  /** Number of training images, summed over the epochs. */
  readonly learned: number;
  readonly measured: number;
  readonly multiplyAdds: number;
  /** Number of images of the final evaluation. */
  readonly tested: number;
  /** Bytes of outputs.safetensors. */
  readonly outputs: number;
}

/** Computes the remaining work of a trial. `start` is the number of trained epochs. */
function computeWork(
  { spec, until }: Pick<Trial, "spec" | "until">,
  { plan, info }: ForecastInput,
  start: number,
): TrialWork {
  const { validation } = spec.dataset;
  const epochs = Math.max(0, (until ?? spec.training.epochs) - start);
  const held = validation === "test" ? 0 : validation;
  const learned = epochs * (info.trainingCount - held);
  const validated = validation === "test" ? info.testCount : held;
  // The outputs of the final network are computed once more, for all held-out images.
  const measured = epochs * validated + held + info.testCount;
  const views = spec.evaluation?.views ?? 1;
  const multiplyAdds = plan.multiplyAdds * (3 * learned + views * measured);
  const outputs = 4 * (held + info.testCount) * (info.classes + 2);
  return { spec, epochs, learned, measured, multiplyAdds, tested: held + info.testCount, outputs };
}

/** The remaining work of a run. */
export interface RemainingWork {
  /**
   * The work per generation. Only the trials of the first generation are known; see
   * `chooseRepresentativeTrials` for later ones.
   */
  readonly generations: readonly (readonly TrialWork[])[];
  /** The fraction of the work that fits into the budget of epochs, 0 … 1. */
  readonly share: number;
}

/** Number of configurations that represent a sweep in the forecast. */
const MAX_ALIKE = 32;

/**
 * Returns trials that represent the sweep: the first generation and, if it is small, some proposals that the
 * sampler would make without results. The real later proposals are unknown, but their networks are probably
 * similar. If later trials continue earlier ones, the first generation is enough.
 */
export function chooseRepresentativeTrials(
  { trials, generations, repeats, continuesNetworks }: Experiment,
  next: TrialProposer,
): readonly Trial[] {
  const likely = [...trials];
  if (continuesNetworks) return likely;
  for (let count = trials.length / repeats; count < MAX_ALIKE; count = likely.length / repeats) {
    const later = next(Array.from({ length: count }, () => ({ objective: undefined })));
    if (later.length === 0 || generations.length === 1) return likely;
    likely.push(...later);
  }
  return likely;
}

/**
 * Computes the remaining work of a run. The trials of later generations are not known yet: their work is
 * estimated by cycling through `likely`. `records` are the records of started trials. `lastTrial` is the last
 * trial before the end of the sweep, if its budget has ended it.
 */
export function computeRemainingWork(
  { trials, generations, repeats, budget }: Pick<Experiment, "trials" | "generations" | "repeats" | "budget">,
  forecastInputOf: (spec: TrialSpec) => ForecastInput,
  likely: readonly Trial[] = trials,
  records: ReadonlyMap<number, TrialRecord> = new Map(),
  lastTrial = Infinity,
): RemainingWork {
  const isDone = (number: number): boolean => {
    const status = records.get(number)?.status ?? "running";
    return status !== "running" && status !== "failed";
  };
  const whole = likely.map((trial) => computeWork(trial, forecastInputOf(trial.spec), 0));
  let before = 0;
  const left = generations.map((size, generation) => {
    const numbers = Array.from({ length: size * repeats }, (_, index) => before + index + 1);
    before += numbers.length;
    const pending = numbers.filter((number) => number <= lastTrial && !isDone(number));
    if (generation > 0) return pending.map((number) => whole[(number - 1) % whole.length]!);
    return pending.map((number) => {
      const trial = trials[number - 1]!;
      return computeWork(trial, forecastInputOf(trial.spec), records.get(number)?.history.length ?? 0);
    });
  });
  const epochs = sumOf(left.flat(), (work) => work.epochs);
  const spent = sumOf([...records.values()], ({ history }) => history.length);
  // The budget always allows at least one configuration.
  const min = records.size > 0 ? 0 : sumOf(whole.slice(0, repeats), (work) => work.epochs);
  const allowed = Math.max(min, (budget?.epochs ?? Infinity) - spent);
  return { generations: left, share: epochs === 0 ? 0 : Math.min(1, allowed / epochs) };
}

/** Computes the multiply-adds that remain within the budget of epochs. */
export function countRemainingMultiplyAdds({ generations, share }: RemainingWork): number {
  return share * sumOf(generations.flat(), (work) => work.multiplyAdds);
}

/** Forecasts a run from the measured speeds of the networks that `chooseCalibrationNetworks` chose. */
export function forecastRun(
  experiment: Pick<Experiment, "trials" | "repeats" | "keep" | "budget" | "pruner">,
  work: RemainingWork,
  forecastInputOf: (spec: TrialSpec) => ForecastInput,
  paces: ReadonlyMap<TrialSpec, CalibrationResult>,
  workers: number,
): Forecast {
  const { generations, share } = work;
  const { trials, budget, pruner } = experiment;
  const kept = computeKeptShare(experiment, generations.flat().length);
  const costs = generations.map((generation) =>
    generation.map((each) => {
      const pace = computePace(each.spec, forecastInputOf(each.spec), forecastInputOf, paces);
      const bytes = kept * (pace.bytes + each.outputs) + computeTableBytes(each);
      return { ...each, seconds: computeSeconds(each, pace), bytes };
    }),
  );
  const all = costs.flat();
  const seconds = sumOf(costs, (generation) =>
    timeOf(
      generation.map((cost) => cost.seconds),
      workers,
    ),
  );
  const minutes = budget?.minutes ?? Infinity;
  return {
    trials: all.length,
    epochs: share * sumOf(all, (cost) => cost.epochs),
    multiplyAdds: countRemainingMultiplyAdds(work),
    seconds: Math.min(share * seconds, 60 * minutes),
    bytes: share * sumOf(all, (cost) => cost.bytes),
    isUpperBound:
      pruner !== undefined ||
      budget?.epochs !== undefined ||
      budget?.minutes !== undefined ||
      budget?.target !== undefined ||
      trials.some(({ spec }) => spec.training.earlyStopping !== undefined),
  };
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

/** Largest number of networks to measure. The speeds of other networks are estimated from these. */
const MAX_NETWORKS = 4;

/**
 * Chooses the networks to measure: the one with the fewest multiply-adds, the one with the most, and some in
 * between.
 */
export function chooseCalibrationNetworks(
  trials: readonly Trial[],
  forecastInputOf: (spec: TrialSpec) => ForecastInput,
): readonly TrialSpec[] {
  const networks = new Map<string, TrialSpec>();
  for (const { spec } of trials) networks.set(createNetworkKey(spec, forecastInputOf(spec)), spec);
  const size = (spec: TrialSpec): number => forecastInputOf(spec).plan.multiplyAdds;
  const sorted = [...networks.values()].sort((a, b) => size(a) - size(b));
  if (sorted.length <= MAX_NETWORKS) return sorted;
  return Array.from(
    { length: MAX_NETWORKS },
    (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (MAX_NETWORKS - 1))]!,
  );
}

/** Returns a key that is equal for networks whose steps take the same time. */
function createNetworkKey(
  { augment, evaluation, loss, optimizer, training }: TrialSpec,
  { plan }: ForecastInput,
): string {
  const { batchSize, accumulate, average, lookahead } = training;
  const types = [...(augment ?? []), ...(evaluation?.augment ?? [])].map(({ type }) => type);
  const layers = plan.layers.map(({ type, outputShape, multiplyAdds }) => [type, outputShape, multiplyAdds]);
  const beside = [accumulate, average?.type, lookahead?.steps, evaluation?.views, types];
  return JSON.stringify([layers, batchSize, loss.type, optimizer.type, beside]);
}

/**
 * Returns the measured speed of a network. If it was not measured, scales the speed of the measured network
 * that is nearest in multiply-adds.
 */
function computePace(
  spec: TrialSpec,
  input: ForecastInput,
  forecastInputOf: (spec: TrialSpec) => ForecastInput,
  paces: ReadonlyMap<TrialSpec, CalibrationResult>,
): CalibrationResult {
  const key = createNetworkKey(spec, input);
  const { multiplyAdds, parameters } = input.plan;
  let nearest: { readonly pace: CalibrationResult; readonly plan: ModelPlan } | undefined;
  let minDistance = Infinity;
  for (const [measured, pace] of paces) {
    const other = forecastInputOf(measured);
    if (createNetworkKey(measured, other) === key) return pace;
    const distance = Math.abs(other.plan.multiplyAdds - multiplyAdds);
    if (distance < minDistance) [nearest, minDistance] = [{ pace, plan: other.plan }, distance];
  }
  if (nearest === undefined) throw new Error("A forecast needs at least one measured network.");
  const { pace, plan } = nearest;
  const ratio = (own: number, others: number): number => (others === 0 ? 1 : own / others);
  const longer = ratio(multiplyAdds, plan.multiplyAdds);
  return {
    learning: pace.learning * longer,
    measuring: pace.measuring * longer,
    building: pace.building,
    bytes: pace.bytes * ratio(parameters, plan.parameters),
  };
}

function computeSeconds(
  { learned, measured }: TrialWork,
  { learning, measuring, building }: CalibrationResult,
): number {
  return building + learned * learning + measured * measuring;
}

/** Returns the fraction of the trials that keep their large files. */
function computeKeptShare({ keep, repeats }: Pick<Experiment, "keep" | "repeats">, trials: number): number {
  const configurations = Object.values(keep).map((each) => (each === "all" ? Infinity : Number(each)));
  return Math.min(1, (Math.max(...configurations) * repeats) / trials);
}

/**
 * Estimates the bytes of a trial's tables and of its rows in the run's tables. Assumes that one image in
 * twenty is misclassified.
 */
function computeTableBytes({ epochs, tested }: TrialWork): number {
  return 1500 + 500 * epochs + 28 * (tested / 20);
}

/** Computes the total time of trials. Each trial goes to the first free worker. */
function timeOf(durations: readonly number[], workers: number): number {
  const free = new Float64Array(workers);
  for (const duration of durations) {
    const first = free.indexOf(Math.min(...free));
    free[first] = free[first]! + duration;
  }
  return Math.max(...free);
}
