import { Command, CommanderError, Option } from "commander";

import { changeToCallerFolder } from "./commands/command-line.ts";
import type { CompareOptions } from "./commands/compare.ts";
import type { EvaluateOptions } from "./commands/evaluate.ts";
import type { ExperimentOptions } from "./commands/experiment.ts";
import type { ExportOptions } from "./commands/export.ts";
import type { PredictOptions } from "./commands/predict.ts";
import type { PreviewOptions } from "./commands/preview.ts";
import type { ReportOptions } from "./commands/report.ts";
import type { RunsOptions } from "./commands/runs.ts";
import type { VerifyOptions } from "./commands/verify.ts";
import type { WorkerOptions } from "./commands/worker.ts";
import {
  collectValues,
  parseEpochNumber,
  createSecondsParser,
  parseSimdBits,
  resolveSimdBits,
  createChoiceOption,
  parsePathOption,
  parseTrialNumber,
  parseCount,
  addTrainingOptions,
  explainUnknownOption,
  THREADS_HELP,
  TRIAL_HELP,
  parseThreadCount,
  type ExperimentInputOptions,
  type SimdOptions,
} from "./option-values.ts";
import { handleOutputErrors, createProcessTerminal, type Terminal } from "./terminal/terminal.ts";
import { resolveWorkspacePackages } from "@nn/runner/custom-imports";
import { getPackageVersion } from "@nn/runner/environment";
import { toPrintable } from "@nn/platform/printable";

/** Exit code for an error in the experiment file or the command line. In this case, nothing was done. */
const EXIT_USAGE = 2;

/** Exit code of Node if nothing is left to do, but the program still waits for a promise. */
const UNSETTLED = 13;

/** Runs the command line of the process and sets its exit code. */
export async function main(): Promise<void> {
  changeToCallerFolder(process.env);
  resolveWorkspacePackages();
  handleOutputErrors(process);
  const terminal = createProcessTerminal();
  // The file of a custom part runs in this process. If it ends the process, the command must not seem to succeed.
  const onEarlyExit = (code: number): void => {
    if (code !== 0 && code !== UNSETTLED) return;
    process.exitCode = 1;
    terminal.err.write(
      "error: the program ended before the command was done. Do the files of custom parts call process.exit, or " +
        "wait for something that never happens?\n",
    );
  };
  process.once("exit", onEarlyExit);
  const onUncaught = (error: unknown): void => void endWith(error, terminal);
  process.on("uncaughtException", onUncaught);
  try {
    await createCommandLine(terminal).parseAsync();
  } catch (error) {
    // commander has already printed the error or the requested help.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
    else {
      // Imported here and not at the top, because it imports the errors of all packages. A successful command
      // does not need them.
      const { reportError } = await import("./terminal/report-error.ts");
      process.exitCode = reportError(error, terminal);
    }
  } finally {
    process.off("exit", onEarlyExit);
    process.off("uncaughtException", onUncaught);
  }
}

/** Reports an error that nothing has caught, and ends the process. */
async function endWith(error: unknown, terminal: Terminal): Promise<void> {
  const { reportError } = await import("./terminal/report-error.ts");
  const { explainUncaughtError } = await import("./terminal/uncaught-error.ts");
  process.exit(reportError(explainUncaughtError(error), terminal));
}

function createCommandLine(terminal: Terminal): Command {
  const program = new Command("pnpm run")
    .usage("<command> [options]")
    .description("Neural networks from scratch: experiments in YAML, results in CSV.")
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(toPrintable(explainUnknownOption(text))) })
    .showHelpAfterError("Run with --help for the commands and their options.")
    .exitOverride();

  addTrainingOptions(
    program
      .command("experiment")
      .summary("run an experiment file")
      .description(
        "Trains the networks of an experiment file and writes the results as CSV.\n" +
          "Run the same command again to resume a stopped run.",
      )
      .argument("<spec>", "the experiment file")
      .option(
        "--set <path=value>",
        "override a value of the experiment; may be given several times",
        collectValues,
      ),
  )
    .addOption(
      new Option(
        "--profile",
        "print the time of each layer and of the other parts, and write a trace for ui.perfetto.dev; only for a " +
          "single trial: no sweep, no repeats, no executor",
      ).conflicts("dryRun"),
    )
    .action(
      async (
        spec: string,
        options: Omit<ExperimentOptions, "set"> & ExperimentInputOptions & SimdOptions,
      ) => {
        const { experimentCommand } = await import("./commands/experiment.ts");
        const given = { ...options, set: options.set ?? [], simd: resolveSimdBits(options, terminal) };
        process.exitCode = await experimentCommand(spec, given, terminal);
      },
    );

  addTrainingOptions(
    program
      .command("refit")
      .summary("train the best configuration of a sweep on all images")
      .description(
        "Trains the best configuration of a sweep again, on the training and the validation " +
          "images together.\n" +
          "Run the same command again to resume a stopped run.",
      )
      .argument("<run>", "the run of a sweep, such as results/sweep-tpe/latest"),
  ).action(async (run: string, options: Omit<ExperimentOptions, "set"> & SimdOptions) => {
    const { refitCommand } = await import("./commands/refit.ts");
    process.exitCode = await refitCommand(
      run,
      { ...options, set: [], simd: resolveSimdBits(options, terminal) },
      terminal,
    );
  });

  program
    .command("worker")
    .summary("train trials for runs on other machines")
    .description(
      "Trains trials of experiments whose executor is this server. A worker that you interrupt returns its " +
        "unfinished trials to the queue.\n" +
        "Start any number of workers, on any machines with the same version of the code.",
    )
    .requiredOption(
      "--url <url>",
      "the Redis or Valkey server, such as redis://host:6379; the password goes into the URL or " +
        "into NN_REDIS_PASSWORD",
    )
    .option("--workers <number>", "number of trials to train at once (default: one per core)", parseCount)
    .option("--threads <number>", "number of threads per trial, or auto (default: 1)", parseThreadCount)
    .option(
      "--data <folder>",
      "folder to search for data sets first (default: data/ in the workspace)",
      parsePathOption,
    )
    .option(
      "--hung-after <seconds>",
      "restart a process that is silent this long, and retry its trial (default: 120)",
      createSecondsParser(1),
    )
    .option(
      "--time-limit <seconds>",
      "stop a trial that trains longer than this without a pause (default: no limit)",
      createSecondsParser(1),
    )
    .option(
      "--lost-after <seconds>",
      "give the trials of a worker that is silent this long to other workers",
      parseCount,
      20,
    )
    .option(
      "--simd <bits>",
      "vector width of the kernels in bits, 128 or 256; it does not change the results ",
      parseSimdBits,
      256,
    )
    .addOption(new Option("--no-widen").hideHelp())
    .action(async (options: WorkerOptions & SimdOptions) => {
      const { workerCommand } = await import("./commands/worker.ts");
      process.exitCode = await workerCommand(
        { ...options, simd: resolveSimdBits(options, terminal) },
        terminal,
      );
    });

  program
    .command("validate")
    .summary("check experiment files and show their networks")
    .description(
      "Checks experiment files and shows their layers, shapes, parameters and multiply-adds. Trains nothing.",
    )
    .argument("<spec...>", "experiment files")
    .option(
      "--set <path=value>",
      "override a value of each experiment; may be given several times",
      collectValues,
    )
    .action(async (specs: string[], options: ExperimentInputOptions) => {
      const { validateCommand } = await import("./commands/validate.ts");
      process.exitCode = await validateCommand(specs, { set: options.set ?? [] }, terminal);
    });

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
    .option(
      "--data <folder>",
      "folder to search for data sets first (default: data/ in the workspace)",
      parsePathOption,
    )
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
    .option("--out <file>", "the HTML file (default: report.html in the run's folder)", parsePathOption)
    .option("--force", "replace an existing file that is not a report")
    .option(
      "--data <folder>",
      "folder to search for data sets first (default: data/ in the workspace)",
      parsePathOption,
    )
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
    .argument("[name...]", "only the runs of these experiments")
    .option("--out <folder>", "folder of the results (default: results/ in the workspace)", parsePathOption)
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
    .option(
      "--data <folder>",
      "folder to search for data sets first (default: data/ in the workspace)",
      parsePathOption,
    )
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
    .option(
      "--out <file>",
      "the file to write (default: <name>-<trial>.onnx, .safetensors or .json)",
      parsePathOption,
    )
    .option("--force", "replace an existing file")
    .action(async (run: string, options: ExportOptions) => {
      const { exportCommand } = await import("./commands/export.ts");
      process.exitCode = exportCommand(run, options, terminal);
    });

  program
    .command("explain")
    .summary("explain a key of the experiment file, or a layer, optimizer, …")
    .description(
      "Explains a key of the experiment file or an entry of a catalog: example, formula, options, paper.\n" +
        "Without a path, lists all keys and entries.",
    )
    .argument("[path]", "such as training.batchSize, optimizer.adam, model.layers.dense.units, or just dense")
    .action(async (path: string | undefined) => {
      const { explainCommand } = await import("./commands/explain.ts");
      process.exitCode = explainCommand(path, terminal);
    });

  program
    .command("preview")
    .summary("write a PNG file of augmented training images")
    .description(
      "Writes a PNG file of some training images, unchanged and as they are augmented in eight epochs.",
    )
    .argument("<spec>", "the experiment file")
    .option(
      "--set <path=value>",
      "override a value of the experiment; may be given several times",
      collectValues,
    )
    .option("--out <file>", "the PNG file (default: <name>-preview.png)", parsePathOption)
    .option("--force", "replace an existing file that is not a preview")
    .option("--count <number>", "number of images", parseCount, 10)
    .option("--epoch <number>", "first epoch to show", parseEpochNumber, 1)
    .option(
      "--data <folder>",
      "folder to search for data sets first (default: data/ in the workspace)",
      parsePathOption,
    )
    .action(async (spec: string, options: Omit<PreviewOptions, "set"> & ExperimentInputOptions) => {
      const { previewCommand } = await import("./commands/preview.ts");
      process.exitCode = await previewCommand(spec, { ...options, set: options.set ?? [] }, terminal);
    });

  program
    .command("schema")
    .summary("write the JSON Schema for editors, and the reference")
    .description(
      "Writes the JSON Schema with which editors complete and check experiment files, and the reference of " +
        "all options.\n" +
        "For each experiment file that you name, writes a schema beside it that includes its custom parts.",
    )
    .argument("[spec...]", "experiment files with custom parts")
    .action(async (specs: string[]) => {
      const { schemaCommand } = await import("./commands/schema.ts");
      process.exitCode = await schemaCommand(specs, terminal);
    });

  program
    .command("new")
    .summary("write a new layer, optimizer, sampler or other catalog entry, and its test")
    .description("Writes a small catalog entry and its test, for you to change. The test passes unchanged.")
    .argument(
      "<kind>",
      "layer, loss, optimizer, schedule, initializer, augmentation, dataset, sampler or pruner",
    )
    .argument("<name>", "its name in experiment files, such as hard-tanh")
    .action(async (kind: string, name: string) => {
      const { newCommand } = await import("./commands/new.ts");
      process.exitCode = await newCommand(kind, name, terminal);
    });

  for (const command of [program, ...program.commands])
    command.version(getPackageVersion(), "--version", "show the version of this program");
  return program;
}
