import { type Command, Option } from "commander";

import type { CompareOptions } from "./commands/compare.ts";
import type { EvaluateOptions } from "./commands/evaluate.ts";
import type { ExportOptions } from "./commands/export.ts";
import type { PredictOptions } from "./commands/predict.ts";
import type { ReportOptions } from "./commands/report.ts";
import type { RunsOptions } from "./commands/runs.ts";
import type { VerifyOptions } from "./commands/verify.ts";
import {
  collectValues,
  parseSimdBits,
  createChoiceOption,
  createDataOption,
  createPathOption,
  parseTrialNumber,
  parseCount,
  THREADS_HELP,
  TRIAL_HELP,
  parseThreadCount,
} from "./option-values.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Adds the commands that show, use and compare the results of runs. */
export function addResultCommands(program: Command, terminal: Terminal): void {
  program
    .command("evaluate")
    .summary("compute all metrics of a trained network")
    .description(
      "Evaluates a trained network on the validation and test images of its experiment, or on the test images " +
        "of another data set. Trains nothing.",
    )
    .argument("<run>", "a run, a trial or a model.safetensors, such as results/quickstart/latest")
    .option("--trial <number>", TRIAL_HELP, parseTrialNumber)
    .option(
      "--dataset <yaml>",
      "another data set: its name, such as fashion-mnist, or its block in YAML (paths are relative to this folder)",
    )
    .addOption(createDataOption())
    .option("--threads <number>", "number of threads (default: 1)", parseCount)
    .option("--json", "print the metrics, with all digits, as JSON")
    .action(async (run: string, options: EvaluateOptions) => {
      const { evaluateCommand } = await import("./commands/evaluate.ts");
      process.exitCode = await evaluateCommand(run, options, terminal);
    });

  program
    .command("report")
    .summary("write an HTML file that explains a run")
    .description(
      "Writes one HTML file with the result of a run: its trials, learning curves, mistakes and networks.\n" +
        "The file needs no internet connection and no other file. Other runs are compared with the first one.",
    )
    .argument("<run...>", "a run's folder, or the name of an experiment below results/")
    .option("--open", "open the file in the browser")
    .addOption(createPathOption("--out <file>", "the HTML file (default: report.html in the run's folder)"))
    .option("--force", "replace an existing file that is not a report")
    .addOption(createDataOption())
    .action(async (runs: string[], options: ReportOptions) => {
      const { reportCommand } = await import("./commands/report.ts");
      process.exitCode = await reportCommand(runs, options, terminal);
    });

  program
    .command("predict")
    .summary("classify images with a trained network")
    .description(
      "Converts PNG and JPEG images to the size and format of the training images, and prints the classes with " +
        "their probabilities.",
    )
    .argument("<run>", "a run, a trial or a model.safetensors, such as results/quickstart/latest")
    .argument("<image...>", "images, or folders of images")
    .option("--trial <number>", TRIAL_HELP, parseTrialNumber)
    .addOption(
      createChoiceOption(
        ["symbol", "picture"],
        "--style <style>",
        "symbol: one symbol on paper, as in MNIST; picture: the whole image (default: symbol for mnist)",
      ),
    )
    .option("--top <number>", "number of classes to print for each image", parseCount, 3)
    .addOption(new Option("--json", "print all probabilities as JSON").conflicts("csv"))
    .option("--csv", "print all probabilities as CSV")
    .action(async (run: string, images: string[], options: PredictOptions) => {
      const { predictCommand } = await import("./commands/predict.ts");
      process.exitCode = await predictCommand(run, images, options, terminal);
    });

  program
    .command("runs")
    .summary("list all runs")
    .description(
      "Lists all runs of a folder of results: trials, best metric and the values of --set. The most recently " +
        "changed run comes last.",
    )
    .argument("[name...]", "only the runs of these experiments, or these runs")
    .addOption(
      createPathOption("--out <folder>", "folder of the results (default: results/ in the workspace)"),
    )
    .option("--watch", "show the runs in progress until all have ended")
    .addOption(new Option("--json", "print everything, with all digits, as JSON").conflicts("watch"))
    .action(async (names: string[], options: RunsOptions) => {
      const { runsCommand } = await import("./commands/runs.ts");
      process.exitCode = await runsCommand(names, options, terminal);
    });

  program
    .command("compare")
    .summary("compare runs and test whether a difference is noise")
    .description(
      "Ranks the configurations of runs, with 95 % intervals of their differences over seeds, and " +
        "prints the settings that differ.",
    )
    .argument("<path...>", "runs, trials or results.csv files, in any combination")
    .option("--sort <metric>", "rank by this metric (default: the metric of the experiment)")
    .option(
      "--where <comparison>",
      "only configurations that satisfy this comparison, such as 'optimizer.learningRate < 0.1'; " +
        "may be given several times",
      collectValues,
    )
    .option("--columns <names>", "metrics and settings to show, separated by commas")
    .addOption(new Option("--csv", "print the table as CSV, with all digits").conflicts("json"))
    .option("--json", "print everything, with all digits, as JSON")
    .action(async (paths: string[], options: Omit<CompareOptions, "where"> & Partial<CompareOptions>) => {
      const { compareCommand } = await import("./commands/compare.ts");
      process.exitCode = await compareCommand(paths, { ...options, where: options.where ?? [] }, terminal);
    });

  program
    .command("verify")
    .summary("train again and compare the results with the expected ones, byte by byte")
    .description(
      "Trains experiments again and compares results.csv and epochs.csv with the files in " +
        "expected/<name>/ beside " +
        "the experiment file.",
    )
    .argument("<spec...>", "experiment files")
    .option("--write", "write the results as the expected results")
    .option("--workers <number>", "number of trials to train at once (default: one per core)", parseCount)
    .option("--threads <number>", THREADS_HELP, parseThreadCount)
    .addOption(createDataOption())
    .option("--simd <bits>", "vector width of the kernels, 128 or 256: the same bytes ", parseSimdBits, 256)
    .action(async (specs: string[], options: VerifyOptions) => {
      const { verifyCommand } = await import("./commands/verify.ts");
      process.exitCode = await verifyCommand(specs, options, terminal);
    });

  program
    .command("export")
    .summary("write a trained network for other programs")
    .description(
      "Writes a trained network as ONNX (with the normalization of the pixels), as safetensors in " +
        "PyTorch's layout, " +
        "or as JSON.",
    )
    .argument("<run>", "a run, a trial or a model.safetensors, such as results/quickstart/latest")
    .addOption(
      createChoiceOption(
        ["onnx", "safetensors", "json"],
        "--to <format>",
        "onnx, safetensors or json",
      ).makeOptionMandatory(),
    )
    .option("--trial <number>", TRIAL_HELP, parseTrialNumber)
    .addOption(
      createPathOption(
        "--out <file>",
        "the file to write (default: <name>-<trial>.onnx, .safetensors or .json)",
      ),
    )
    .option("--force", "replace an existing file")
    .action(async (run: string, options: ExportOptions) => {
      const { exportCommand } = await import("./commands/export.ts");
      process.exitCode = exportCommand(run, options, terminal);
    });
}
