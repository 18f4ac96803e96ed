import { join } from "node:path";

import type { Experiment } from "@nn/experiment";
import type { TrialRecord } from "@nn/results";
import {
  findTiedConfigurations,
  toMetricName,
  rankConfigurations,
  type FinishResult,
  type RankedConfiguration,
  type SweepEnd,
} from "@nn/runner";

import { formatCount, formatEpochs, formatSeconds } from "./format.ts";
import {
  describeParameters,
  describeTrials,
  formatMetricsTable,
  formatRankingTable,
  formatTrialNumbers,
} from "./summary.ts";
import { wrapWords } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Returns the lines that a run prints at its end: the metrics of the (best) configuration and, if there are
 * several configurations, the ranking.
 */
export function formatRunSummary(
  experiment: Experiment,
  records: ReadonlyMap<number, TrialRecord>,
  terminal: Terminal,
): string[] {
  const ranking = rankConfigurations(experiment, records);
  const [best] = ranking;
  if (best === undefined) return [];
  if (ranking.length === 1) return formatSingleConfiguration(experiment, best, records, terminal);
  return [...formatSweep(experiment, ranking, best, terminal)];
}

function formatSingleConfiguration(
  experiment: Experiment,
  only: RankedConfiguration,
  records: ReadonlyMap<number, TrialRecord>,
  terminal: Terminal,
): string[] {
  if (only.completed === 0) return describeUnfinishedTrials(experiment, records);
  const lines = formatMetricsTable(only, terminal.width);
  if (only.trials > 1)
    lines.push(`mean ± standard deviation of ${only.completed} trials with different seeds`);
  if (only.completed < only.trials) lines.push(describeTrials(only));
  const [record] = records.values();
  if (experiment.trials.length === 1 && record !== undefined) lines.push(...describeSpeed(record));
  return lines;
}

/** Returns a line with the status of each recorded trial, for a configuration without a completed trial. */
function describeUnfinishedTrials(
  { trials }: Experiment,
  records: ReadonlyMap<number, TrialRecord>,
): string[] {
  return trials.flatMap(({ number, seed }) => {
    const record = records.get(number);
    if (record === undefined) return [];
    const reason = record.reason === undefined ? "" : `: ${record.reason}`;
    return [`trial ${number} (seed ${seed}) ${record.status}${reason}`];
  });
}

/** Returns the speed: `10 epochs in 2.1 s of training, 290,000 images/s`. */
function describeSpeed({ history }: TrialRecord): string[] {
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  if (seconds === 0) return [];
  const images = history.reduce((sum, epoch) => sum + epoch.seconds * epoch.imagesPerSecond, 0);
  // Epochs that were trained in an earlier run or before an interruption have no times.
  const timed = history.filter((epoch) => epoch.seconds > 0).length;
  const epochs =
    timed === history.length
      ? formatEpochs(timed)
      : `${timed} of ${formatEpochs(history.length)} (the others were trained earlier)`;
  return [`${epochs} in ${formatSeconds(seconds)} of training, ${formatCount(images / seconds)} images/s`];
}

function formatSweep(
  experiment: Experiment,
  ranking: readonly RankedConfiguration[],
  best: RankedConfiguration,
  terminal: Terminal,
): string[] {
  const repeated = experiment.repeats > 1 ? `, mean ± standard deviation of ${experiment.repeats} seeds` : "";
  const lines = [
    terminal.colors.bold(`Ranked by ${experiment.metric}${repeated}`),
    ...formatRankingTable(experiment, ranking, terminal.width),
    ...formatPrunedTrials(experiment, ranking, best),
  ];
  if (best.completed > 0) {
    lines.push(
      "",
      ...wrapWords(
        `Best: ${describeParameters(best.parameters)} (${best.trials === 1 ? "trial" : "trials"} ` +
          `${formatTrialNumbers(best)})`,
        terminal.width,
      ).map(terminal.colors.bold),
      ...formatTies(experiment, ranking, best),
      ...formatMetricsTable(best, terminal.width),
    );
    if (best.metrics.has("test.loss")) {
      lines.push(
        `It was selected by ${experiment.metric}, so this value is slightly optimistic. Report the test metrics: the ` +
          "test set is never used for model selection.",
      );
    }
  }
  return lines;
}

/** Largest number of tied configurations that a line lists. */
const MAX_NAMED = 8;

/** Returns a line about the configurations that tie with the best. */
function formatTies(
  { metric }: Experiment,
  ranking: readonly RankedConfiguration[],
  best: RankedConfiguration,
): string[] {
  const tied = findTiedConfigurations(best, ranking, toMetricName(metric));
  const equals = tied.map(formatTrialNumbers);
  if (equals.length === 0) return [];
  const more = equals.length - MAX_NAMED;
  const numbers = [...equals.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
  const which = tied.length === 1 ? "Another has" : "Others have";
  const have = tied.flatMap(({ numbers: own }) => own).length === 1 ? "trial" : "trials";
  return [`${which} the same ${metric} (${have} ${numbers}); of these, the first is shown as the best.`];
}

/**
 * Returns notices about pruned configurations: if all were pruned, or if some were better than the best when
 * they were stopped.
 */
function formatPrunedTrials(
  { metric, goal, pruner }: Experiment,
  ranking: readonly RankedConfiguration[],
  best: RankedConfiguration,
): string[] {
  const name = toMetricName(metric);
  const who = pruner?.type ?? "the pruner";
  const stopped = ranking.filter((each) => !each.metrics.has(name) && each.stopped !== undefined);
  if (stopped.length === ranking.length) {
    return [
      "",
      `All configurations were stopped by ${who}. None was trained to the end, so there is no best configuration.`,
    ];
  }
  const sign = goal === "maximize" ? 1 : -1;
  const threshold = sign * (best.metrics.get(name)?.mean ?? Number.NaN);
  const better = stopped.filter(
    (each) => sign * (each.stopped?.metrics.get(name)?.mean ?? Number.NaN) > threshold,
  );
  if (better.length === 0) return [];
  const which = better.length === 1 ? "One configuration" : `${better.length} configurations`;
  return ["", `${which} that ${who} stopped already had a better ${metric} than the best fully trained one.`];
}

/**
 * Returns a line that explains why a sweep ended before all trials of its sampler were trained. `end` is the
 * end by the budget, if it depends on results. Returns no lines if all trials were trained.
 */
export function formatSweepEnd(
  { budget, generations, repeats }: Experiment,
  end: SweepEnd | undefined,
): string[] {
  const { leftOut = 0, trials } = budget ?? {};
  const counted = generations.reduce((sum, size) => sum + size, 0);
  const ending =
    end === undefined
      ? { configurations: counted, reason: `its budget of ${trials} trials is used up` }
      : { configurations: end.after / repeats, reason: end.reason };
  if (end === undefined && leftOut === 0) return [];
  return [
    "",
    `The sweep ended after ${ending.configurations} of ${counted + leftOut} configurations: ${ending.reason}.`,
  ];
}

/**
 * Returns lines that list the result files. `folder` is the path of the run directory to show to the user.
 */
export function formatFileList(folder: string, records: ReadonlyMap<number, TrialRecord>): string[] {
  const files = ["results.csv", "epochs.csv", "timings.csv"];
  // Only completed trials have these files.
  if ([...records.values()].some(({ status }) => status === "completed")) {
    const trial = join("trials", records.size === 1 ? "1" : "<number>");
    files.push(join(trial, "model.safetensors"), join(trial, "confusion.csv"));
  }
  return [`Results in ${folder}`, `  ${files.join("  ")}`];
}

/** Returns the files that are missing, and the number of trials that should have them. */
function describeMissing({ networks, outputs }: FinishResult["missing"]): [files: string, count: number][] {
  const counts: [string, number][] =
    networks === outputs
      ? [["networks and outputs", networks]]
      : [
          ["networks", networks],
          ["outputs", outputs],
        ];
  return counts.filter(([, count]) => count > 0);
}

/** Returns lines about the networks and outputs that are not kept. */
export function formatDeletedNetworks({ keep }: Experiment, { deleted, missing }: FinishResult): string[] {
  const trials = (count: number): string => (count === 1 ? "1 trial" : `${count} trials`);
  return [
    ...(deleted === 0
      ? []
      : [
          `Deleted the networks and outputs of ${trials(deleted)} outside the best configurations ` +
            `(keep.networks: ${keep.networks}, keep.outputs: ${keep.outputs}).`,
        ]),
    ...describeMissing(missing).map(
      ([files, count]) =>
        `The ${files} of ${trials(count)} were deleted before. Use --fresh to train ${count === 1 ? "it" : "them"} ` +
        "again.",
    ),
  ];
}
