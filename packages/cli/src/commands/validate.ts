import {
  countTrials,
  ExperimentError,
  formatProblems,
  loadExperimentPlan,
  type LoadedExperiment,
} from "@nn/experiment";
import { toPrintable, toPrintableLine } from "@nn/platform/printable";

import { formatArchitectureTable } from "../terminal/architecture.ts";
import { formatCount } from "../terminal/format.ts";
import { DataCheckProgressBar } from "../terminal/data-check-progress-bar.ts";
import { formatNotices } from "../terminal/notices.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Command-line options of `validate`. */
export interface ValidateOptions {
  /** Overrides of the form `path=value`, applied to every file. */
  readonly set: readonly string[];
}

/**
 * Runs `validate SPEC…`: checks each file and prints its network. Trains nothing and writes no file. Checks
 * all files, even after an error. Returns the exit code: 0, or 2 if a file has errors.
 */
export async function validateCommand(
  files: readonly string[],
  options: ValidateOptions,
  terminal: Terminal,
): Promise<number> {
  const { green, red } = terminal.colors;
  const over = options.set.length === 0 ? "" : `, with ${options.set.join(" and ")}`;
  let wrong = 0;
  for (const [index, file] of files.entries()) {
    const gap = index === 0 ? "" : "\n";
    try {
      const look = new DataCheckProgressBar(terminal);
      const loaded = await loadExperimentPlan(file, { ...options, onFileChecked: look.show }).finally(() =>
        look.stop(),
      );
      terminal.out.write(
        `${gap}${toPrintableLine(file)}: ${green("OK")}${toPrintable(over)}\n\n${toPrintable(describe(loaded))}\n`,
      );
      terminal.err.write(formatNotices(loaded.notices));
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      wrong += 1;
      const count = error.problems.length === 1 ? "1 error" : `${error.problems.length} errors`;
      terminal.err.write(
        `${gap}${toPrintable(formatProblems(error.problems, "error: "))}\n\n${toPrintableLine(file)}: ${red(count)}\n`,
      );
    }
  }
  return wrong === 0 ? 0 : 2;
}

function describe({ experiment, plan, dataSummaries }: LoadedExperiment): string {
  const { repeats, sweptPaths } = experiment;
  const count = countTrials(experiment);
  const configurations = count / repeats;
  const lines = formatArchitectureTable(plan)
    .split("\n")
    .map((line) => (line === "" ? line : `  ${line}`));
  const noun = count === 1 ? "trial" : "trials";
  const product = repeats > 1 ? `: ${formatCount(configurations)} × ${formatCount(repeats)} repeats` : "";
  const over = sweptPaths.length === 0 ? "" : `, over ${sweptPaths.join(", ")}`;
  const shown = sweptPaths.some((path) => path.startsWith("model."))
    ? "  (the network shown is that of trial 1)"
    : "";
  const data =
    dataSummaries.length === 0 ? [] : [...dataSummaries.map((each) => `  ${toPrintableLine(each)}`), ""];
  return [...data, ...lines, "", `  ${formatCount(count)} ${noun}${product}${over}${shown}`].join("\n");
}
