import type { ModelPlan } from "@nn/layers";
import type { DatasetFacts } from "@nn/mnist";

import { countTrials, type Experiment, type Trial, type TrialSpec } from "../experiment.ts";
import type { Pace } from "./messages.ts";

/** What is known of a trial before its network is built and its data are read. */
export interface Outlook {
  readonly plan: ModelPlan;
  readonly facts: DatasetFacts;
}

/** What a run will take if nothing ends it early. */
export interface Forecast {
  readonly trials: number;
  /** Of all trials together. */
  readonly epochs: number;
  /** Three for each of the forward pass where an image is learned: for its outputs, and for the gradients of weights and of inputs. */
  readonly multiplyAdds: number;
  /** Until all is trained. */
  readonly seconds: number;
  /** What is left on the disk. */
  readonly bytes: number;
  /** Whether something may end trials, or the run, before that. */
  readonly isMost: boolean;
}

interface Work {
  readonly epochs: number;
  /** Images, each as often as it is learned, or measured. */
  readonly learned: number;
  readonly measured: number;
  readonly multiplyAdds: number;
  readonly tested: number;
}

/** `start`: after which epoch the trial begins, where it goes on with the network of another. */
function workOf(
  { spec, until }: Pick<Trial, "spec" | "until">,
  { plan, facts }: Outlook,
  start: number,
): Work {
  const { validation } = spec.dataset;
  const epochs = (until ?? spec.training.epochs) - start;
  const held = validation === "test" ? 0 : validation;
  const learned = epochs * (facts.trainingCount - held);
  const validated = validation === "test" ? facts.testCount : held;
  const measured = epochs * validated + facts.testCount;
  const views = spec.evaluation?.views ?? 1;
  const multiplyAdds = plan.multiplyAdds * (3 * learned + views * measured);
  return { epochs, learned, measured, multiplyAdds, tested: facts.testCount };
}

/** The multiply-adds of the trials that are known: what does not take a calibration. */
export function multiplyAddsOf(trials: readonly Trial[], outlookOf: (spec: TrialSpec) => Outlook): number {
  return trials.reduce((sum, trial) => sum + workOf(trial, outlookOf(trial.spec), 0).multiplyAdds, 0);
}

/**
 * Trials of the first generation are known, and those of later ones count as these do: what a sampler will propose is not known, and that
 * their networks are alike is likely. `paces`: of those that `toCalibrate` has chosen.
 */
export function forecastOf(
  experiment: Experiment,
  outlookOf: (spec: TrialSpec) => Outlook,
  paces: ReadonlyMap<TrialSpec, Pace>,
  workers: number,
): Forecast {
  const { trials, generations, repeats, budget, pruner } = experiment;
  const costs = trials.map((trial) => {
    const outlook = outlookOf(trial.spec);
    const work = workOf(trial, outlook, 0);
    const pace = paceOf(trial.spec, outlook, outlookOf, paces);
    return { ...work, seconds: secondsOf(work, pace), bytes: pace.bytes + tableBytes(work) };
  });
  const count = countTrials(experiment);
  const more = count / trials.length;
  const sum = (of: (cost: (typeof costs)[number]) => number): number =>
    more * costs.reduce((total, cost) => total + of(cost), 0);

  const epochs = sum((cost) => cost.epochs);
  const share = Math.min(1, (budget?.epochs ?? Infinity) / epochs);
  const durations = costs.map(({ seconds }) => seconds);
  const seconds = generations.reduce(
    (total, size) => total + timeOf(durations, size * repeats, workers) * share,
    0,
  );
  return {
    trials: count,
    epochs: epochs * share,
    multiplyAdds: sum((cost) => cost.multiplyAdds) * share,
    seconds: Math.min(seconds, (budget?.minutes ?? Infinity) * 60),
    bytes: sum((cost) => cost.bytes),
    isMost:
      pruner !== undefined ||
      budget?.epochs !== undefined ||
      budget?.minutes !== undefined ||
      budget?.target !== undefined ||
      trials.some(({ spec }) => spec.training.earlyStopping !== undefined),
  };
}

/** Networks that are measured; what others take is told from these. */
const MOST_NETWORKS = 4;

/** The specs to be measured: the network with the fewest multiply-adds, that with the most, and some in between. */
export function toCalibrate(
  trials: readonly Trial[],
  outlookOf: (spec: TrialSpec) => Outlook,
): readonly TrialSpec[] {
  const networks = new Map<string, TrialSpec>();
  for (const { spec } of trials) networks.set(networkKey(spec, outlookOf(spec)), spec);
  const size = (spec: TrialSpec): number => outlookOf(spec).plan.multiplyAdds;
  const sorted = [...networks.values()].sort((a, b) => size(a) - size(b));
  if (sorted.length <= MOST_NETWORKS) return sorted;
  return Array.from(
    { length: MOST_NETWORKS },
    (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (MOST_NETWORKS - 1))]!,
  );
}

/** Equal where a step takes as long. */
function networkKey(
  { augment, evaluation, loss, optimizer, training }: TrialSpec,
  { plan }: Outlook,
): string {
  const { batchSize, accumulate, average, lookahead } = training;
  const types = [...(augment ?? []), ...(evaluation?.augment ?? [])].map(({ type }) => type);
  const layers = plan.layers.map(({ type, outputShape, multiplyAdds }) => [type, outputShape, multiplyAdds]);
  const beside = [accumulate, average?.type, lookahead?.steps, evaluation?.views, types];
  return JSON.stringify([layers, batchSize, loss.type, optimizer.type, beside]);
}

/** Its own pace, or that of the network that is nearest in multiply-adds, by their ratio. */
function paceOf(
  spec: TrialSpec,
  outlook: Outlook,
  outlookOf: (spec: TrialSpec) => Outlook,
  paces: ReadonlyMap<TrialSpec, Pace>,
): Pace {
  const key = networkKey(spec, outlook);
  const { multiplyAdds, parameters } = outlook.plan;
  let nearest: { readonly pace: Pace; readonly plan: ModelPlan } | undefined;
  let least = Infinity;
  for (const [measured, pace] of paces) {
    const other = outlookOf(measured);
    if (networkKey(measured, other) === key) return pace;
    const distance = Math.abs(other.plan.multiplyAdds - multiplyAdds);
    if (distance < least) [nearest, least] = [{ pace, plan: other.plan }, distance];
  }
  if (nearest === undefined) throw new Error("a forecast needs a pace");
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

function secondsOf({ learned, measured }: Work, { learning, measuring, building }: Pace): number {
  return building + learned * learning + measured * measuring;
}

/** Of the tables that a trial leaves and its lines in those of the run, where it mistakes a twentieth of the test images. */
function tableBytes({ epochs, tested }: Work): number {
  return 1500 + 500 * epochs + 28 * (tested / 20);
}

/** So many trials that take these durations in turn, each begun by the first worker that is free. */
function timeOf(durations: readonly number[], count: number, workers: number): number {
  const free = new Float64Array(Math.min(workers, count));
  for (let trial = 0; trial < count; trial++) {
    const first = free.indexOf(Math.min(...free));
    free[first] = free[first]! + durations[trial % durations.length]!;
  }
  return Math.max(...free);
}
