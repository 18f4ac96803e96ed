import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

import { goToCaller } from "./commands/command-line.ts";
import type { ExperimentOptions } from "./commands/experiment.ts";
import type { PreviewOptions } from "./commands/preview.ts";
import type { WorkerOptions } from "./commands/worker.ts";
import { goOnWhenClosed, processTerminal, type Terminal } from "./terminal/terminal.ts";
import { resolveWorkspacePackages } from "@nn/runner/custom-imports";
import { packageVersion } from "@nn/runner/environment";

/** The spec or the command line is wrong: nothing was done. */
const WRONG = 2;

/** The command line of the process, from its arguments to its exit code. */
export async function main(): Promise<void> {
  goToCaller(process.env);
  resolveWorkspacePackages();
  goOnWhenClosed([process.stdout, process.stderr]);
  const terminal = processTerminal();
  try {
    await commandLine(terminal).parseAsync();
  } catch (error) {
    // commander has said what is wrong with the command line, or shown the help that was asked for.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG;
    else {
      // It knows every error of ours, from packages that a command without one need not load.
      const { reportError } = await import("./terminal/report-error.ts");
      process.exitCode = reportError(error, terminal);
    }
  }
}

function commandLine(terminal: Terminal): Command {
  const program = new Command("pnpm run")
    .usage("<command> [options]")
    .description("Neural networks from scratch: experiments in YAML, results in CSV.")
    .showSuggestionAfterError()
    .showHelpAfterError("Run it with --help for the commands and their options.")
    .exitOverride();

  program
    .command("experiment")
    .summary("train what an experiment file describes")
    .description(
      "Trains what an experiment file describes and writes the results as CSV.\n" +
        "The same command again goes on where it was stopped.",
    )
    .argument("<spec>", "the experiment file")
    .option(
      "--set <path=value>",
      "put another value into the experiment; may be given several times",
      collect,
    )
    .option("--workers <number>", "how many trials train at once (default: one for each core)", wholeNumber)
    .option("--threads <number>", "how many threads compute in each trial (default: 1)", wholeNumber)
    .option("--out <folder>", "where results go (default: results/ in the workspace)")
    .option("--data <folder>", "where data sets are looked for first (default: data/ in the workspace)")
    .option("--fresh", "delete what earlier runs of this experiment left, and start over")
    .option("--dry-run", "check everything and say what would be done; train and write nothing")
    .option(
      "--checkpoint-every <seconds>",
      "how often a trial in training is saved, to go on from there (default: 30)",
      secondsFrom(0),
    )
    .option(
      "--hung-after <seconds>",
      "how long a worker may say nothing before it is ended and its trial tried again (default: 120)",
      secondsFrom(1),
    )
    .option(
      "--time-limit <seconds>",
      "how long a trial may train without a stop (default: no limit)",
      secondsFrom(1),
    )
    .option(
      "--most-failures <number>",
      "end the run when so many trials fail one after the other (default: 5)",
      wholeNumber,
    )
    .option("--simd <bits>", "widest instructions of the kernels, 128 or 256: the same bytes ", simdBits, 256)
    .addOption(new Option("--no-widen").hideHelp())
    .action(async (spec: string, options: Omit<ExperimentOptions, "set"> & Given & Simd) => {
      const { experimentCommand } = await import("./commands/experiment.ts");
      const given = { ...options, set: options.set ?? [], simd: simdOf(options, terminal) };
      process.exitCode = await experimentCommand(spec, given, terminal);
    });

  program
    .command("worker")
    .summary("train trials of runs on other machines")
    .description(
      "Trains the trials of experiments whose executor is that server, until it is interrupted; then it " +
        "gives back what it has.\n" +
        "Any number of workers, on any machines with the same version of the code.",
    )
    .requiredOption(
      "--url <url>",
      "the Redis or Valkey server: redis://host:6379; its password in the URL or in NN_REDIS_PASSWORD",
    )
    .option("--workers <number>", "how many trials train at once (default: one for each core)", wholeNumber)
    .option("--threads <number>", "how many threads compute in each trial (default: 1)", wholeNumber)
    .option("--data <folder>", "where data sets are looked for first (default: data/ in the workspace)")
    .option(
      "--hung-after <seconds>",
      "how long a process may say nothing before it is ended and its trial tried again (default: 120)",
      secondsFrom(1),
    )
    .option(
      "--time-limit <seconds>",
      "how long a trial may train without a stop (default: no limit)",
      secondsFrom(1),
    )
    .option(
      "--lost-after <seconds>",
      "when it has not been heard of for so long, others get its trials",
      wholeNumber,
      20,
    )
    .option("--simd <bits>", "widest instructions of the kernels, 128 or 256: the same bytes ", simdBits, 256)
    .addOption(new Option("--no-widen").hideHelp())
    .action(async (options: WorkerOptions & Simd) => {
      const { workerCommand } = await import("./commands/worker.ts");
      process.exitCode = await workerCommand({ ...options, simd: simdOf(options, terminal) }, terminal);
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
      "put another value into each experiment; may be given several times",
      collect,
    )
    .action(async (specs: string[], options: Given) => {
      const { validateCommand } = await import("./commands/validate.ts");
      process.exitCode = await validateCommand(specs, { set: options.set ?? [] }, terminal);
    });

  program
    .command("explain")
    .summary("explain a key of the experiment file, or a layer, optimizer, …")
    .description(
      "Prints what a key of the experiment file or an entry of a catalog is: example, formula, options, paper.\n" +
        "Without a path: the list of what can be asked.",
    )
    .argument("[path]", "such as training.batchSize, optimizer.adam, model.layers.dense.units, or just dense")
    .action(async (path: string | undefined) => {
      const { explainCommand } = await import("./commands/explain.ts");
      process.exitCode = explainCommand(path, terminal);
    });

  program
    .command("preview")
    .summary("show training images as they are augmented, in a PNG file")
    .description(
      "Writes a PNG file with some training images, as they are and as training changes them in eight epochs.",
    )
    .argument("<spec>", "the experiment file")
    .option(
      "--set <path=value>",
      "put another value into the experiment; may be given several times",
      collect,
    )
    .option("--out <file>", "the PNG file (default: <name>-preview.png)")
    .option("--count <number>", "how many images", wholeNumber, 10)
    .option("--epoch <number>", "the first of the epochs", epochNumber, 1)
    .option("--data <folder>", "where data sets are looked for first (default: data/ in the workspace)")
    .action(async (spec: string, options: Omit<PreviewOptions, "set"> & Given) => {
      const { previewCommand } = await import("./commands/preview.ts");
      process.exitCode = await previewCommand(spec, { ...options, set: options.set ?? [] }, terminal);
    });

  program
    .command("schema")
    .summary("write the JSON Schema that editors complete experiment files with")
    .description(
      "Writes the JSON Schema that editors complete and check experiment files with, and the reference " +
        "of all options.\n" +
        "For experiment files that are named: a schema beside each, which also knows its custom parts.",
    )
    .argument("[spec...]", "experiment files whose custom parts the schema is to know")
    .action(async (specs: string[]) => {
      const { schemaCommand } = await import("./commands/schema.ts");
      process.exitCode = await schemaCommand(specs, terminal);
    });

  program
    .command("new")
    .summary("write a new layer, optimizer, sampler or the like and its test")
    .description("Writes a small entry of a catalog and its test, which pass as they stand: to be changed.")
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
    command.version(packageVersion(), "--version", "show the version of this program");
  return program;
}

/** What all commands that train take. */
interface Simd {
  readonly simd: 128 | 256;
  /** False: `--no-widen`, as `--simd 128` was called. */
  readonly widen: boolean;
}

/** What all commands that read experiments take. */
interface Given {
  /** Absent when it was not given. */
  readonly set?: readonly string[];
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

function secondsFrom(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    // A timer of Node counts milliseconds in 31 bits.
    if (value.trim() !== "" && number >= least && number <= 1e6) return number;
    throw new InvalidArgumentError(`Expected a number of seconds from ${least} to 1000000.`);
  };
}

const wholeNumber = wholeNumberTo(1024);
const epochNumber = wholeNumberTo(1_000_000);

function wholeNumberTo(largest: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= 1 && number <= largest) return number;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${largest}.`);
  };
}

function simdBits(value: string): 128 | 256 {
  if (value === "128") return 128;
  if (value === "256") return 256;
  throw new InvalidArgumentError("Expected 128 or 256.");
}

/** What the kernels may use, by the option of today or the one that was called `--no-widen`. */
function simdOf({ simd, widen }: Simd, terminal: Terminal): 128 | 256 {
  if (widen) return simd;
  terminal.err.write("notice: --no-widen is now called --simd 128\n");
  return 128;
}
