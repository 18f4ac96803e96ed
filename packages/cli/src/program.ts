import { formatSuggestion } from "@nn/experiment/suggestion";
import { Command, CommanderError } from "commander";

import { changeToCallerFolder } from "./commands/command-line.ts";
import type { PreviewOptions } from "./commands/preview.ts";
import {
  collectValues,
  parseEpochNumber,
  createDataOption,
  createPathOption,
  parseCount,
  explainUnknownOption,
  type ExperimentInputOptions,
} from "./option-values.ts";
import { addResultCommands } from "./result-commands.ts";
import {
  createProcessTerminal,
  flushOutput,
  handleOutputErrors,
  type Terminal,
} from "./terminal/terminal.ts";
import { createEarlyExitHandler } from "./terminal/early-exit.ts";
import { addTrainingCommands } from "./training-commands.ts";
import { resolveWorkspacePackages } from "@nn/runner/custom-imports";
import { getPackageVersion } from "@nn/runner/environment";
import { toPrintable } from "@nn/platform/printable";

/** Exit code for an error in the experiment file or the command line. In this case, nothing was done. */
const EXIT_USAGE = 2;

/**
 * Runs the command line of the process, and ends the process when all output is written. Without an explicit
 * end, a timer or a connection that a custom part has left open would keep the process running.
 */
export async function mainAndExit(): Promise<never> {
  await main();
  await flushOutput(process);
  process.exit();
}

/** Runs the command line of the process and sets its exit code. */
export async function main(): Promise<void> {
  changeToCallerFolder(process.env);
  resolveWorkspacePackages();
  handleOutputErrors(process);
  const terminal = createProcessTerminal();
  const onEarlyExit = createEarlyExitHandler(process, terminal);
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
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      outputError: (text, write) => write(toPrintable(explainUnknownOption(text))),
    })
    .showHelpAfterError("Run with --help for the commands and their options.")
    .exitOverride();
  addTrainingCommands(program, terminal);
  addResultCommands(program, terminal);

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
    .addOption(createPathOption("--out <file>", "the PNG file (default: <name>-preview.png)"))
    .option("--force", "replace an existing file that is not a preview")
    .option("--count <number>", "number of images", parseCount, 10)
    .option("--epoch <number>", "first epoch to show", parseEpochNumber, 1)
    .addOption(createDataOption())
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
  addHelpCommand(program);
  return program;
}

/** Adds `help [command]`. Unlike commander's own command, it reports an unknown command. */
function addHelpCommand(program: Command): void {
  program.helpCommand(false);
  program
    .command("help")
    .summary("display help for command")
    .argument("[command]")
    .action((name: string | undefined) => {
      if (name === undefined) program.help();
      const command = program.commands.find((each) => each.name() === name);
      if (command !== undefined) command.help();
      const advice = formatSuggestion(
        name,
        program.commands.map((each) => each.name()),
      );
      program.error(`error: unknown command '${name}'${advice === undefined ? "" : `\n  ${advice}`}`);
    });
}
