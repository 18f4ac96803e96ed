import { type Command, Option } from "commander";

import type { ExperimentOptions } from "./commands/experiment.ts";
import type { WorkerOptions } from "./commands/worker.ts";
import {
  collectValues,
  createSecondsParser,
  parseSimdBits,
  resolveSimdBits,
  createDataOption,
  parseCount,
  addTrainingOptions,
  parseThreadCount,
  type ExperimentInputOptions,
  type SimdOptions,
} from "./option-values.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Adds the commands that check experiment files and train networks. */
export function addTrainingCommands(program: Command, terminal: Terminal): void {
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
    .addOption(createDataOption())
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
}
