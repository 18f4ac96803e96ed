import type { ModelPlan } from "@nn/layers";

import type { Experiment, Trial } from "../experiment.ts";
import { architectureLine, architectureTable } from "./architecture.ts";
import { describeParameters } from "./summary.ts";
import type { Terminal } from "./terminal.ts";

/** What a run shows at its start: what it is, the network, how much there is to do. `plan`: of the first trial. */
export function openingLines(experiment: Experiment, plan: ModelPlan, terminal: Terminal): string[] {
  const { bold, dim } = terminal.colors;
  const title = experiment.description === "" ? [] : [dim(experiment.description)];
  const differs = experiment.sweptPaths.some((path) => path.startsWith("model."));
  return [
    [bold(experiment.name), ...title].join("  "),
    `network   ${architectureLine(plan)}${differs ? "   (that of the first trial)" : ""}`,
    `training  ${describeTraining(experiment)}`,
    "",
    architectureTable(plan),
    "",
  ];
}

/** `12 configurations × 2 repeats = 24 trials of 10 epochs` */
function describeTraining({ trials, repeats }: Experiment): string {
  const epochs = new Set(trials.map(({ spec }) => spec.training.epochs));
  const [fewest, most] = [Math.min(...epochs), Math.max(...epochs)];
  const length = fewest === most ? plural(most, "epoch") : `${fewest} to ${plural(most, "epoch")}`;
  if (trials.length === 1) return `${length}, seed ${trials[0]!.seed}`;
  const configurations = trials.length / repeats;
  if (configurations === 1)
    return `${plural(repeats, "trial")} of ${length}, seeds ${trials[0]!.seed} to ${trials.at(-1)!.seed}`;
  const product =
    repeats === 1
      ? plural(trials.length, "trial")
      : `${plural(configurations, "configuration")} × ${plural(repeats, "repeat")} = ${plural(trials.length, "trial")}`;
  return `${product} of ${length}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Trials that a dry run lists. */
const MOST_TRIALS = 50;

/** What a dry run adds: the trials, and where the results would be. */
export function dryRunLines(experiment: Experiment, folder: string): string[] {
  const lines: string[] = [];
  if (experiment.trials.length > 1) {
    lines.push(...experiment.trials.slice(0, MOST_TRIALS).map(trialLine));
    const more = experiment.trials.length - MOST_TRIALS;
    if (more > 0) lines.push(`… and ${more} more`);
    lines.push("");
  }
  lines.push(
    `Everything is in order. Results would go to ${folder}. Nothing was trained and nothing written.`,
  );
  return lines;
}

function trialLine({ number, seed, parameters }: Trial): string {
  return [`trial ${number}`, `seed ${seed}`, describeParameters(parameters)]
    .filter((part) => part !== "")
    .join("   ");
}
