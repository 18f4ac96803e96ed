import { findKeyPath } from "@nn/experiment/library-aliases";
import { formatSuggestion } from "@nn/experiment/suggestion";
import { InvalidArgumentError, Option, type Command } from "commander";

import type { ThreadCount } from "@nn/training";

import type { Terminal } from "./terminal/terminal.ts";

/** Options of all commands that train. */
export interface SimdOptions {
  readonly simd: 128 | 256;
  /** False if the user gave `--no-widen`, the former name of `--simd 128`. */
  readonly widen: boolean;
}

/** Options of all commands that read experiments. */
export interface ExperimentInputOptions {
  /** Undefined if the user did not give the option. */
  readonly set?: readonly string[];
}

/** Adds the value of an option that may be given several times. */
export function collectValues(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** Returns a parser of seconds of at least `min`. It throws InvalidArgumentError. */
export function createSecondsParser(min: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    // Node's timers count milliseconds in 31 bits.
    if (value.trim() !== "" && number >= min && number <= 1e6) return number;
    throw new InvalidArgumentError(`Expected a number of seconds from ${min} to 1000000.`);
  };
}

/** Parses a number of workers, threads or images. Throws InvalidArgumentError. */
export const parseCount = createCountParser(1024);
/** Parses the number of an epoch. Throws InvalidArgumentError. */
export const parseEpochNumber = createCountParser(1_000_000);
/** Creates an option that takes the path of a file or folder, which must not be empty. */
export function createPathOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string) => {
    if (value !== "") return value;
    throw new InvalidArgumentError("Expected a path, got an empty text. Is a variable of the shell not set?");
  });
}

/** Creates the option `--data`. */
export function createDataOption(): Option {
  return createPathOption(
    "--data <folder>",
    "folder to search for data sets first (default: data/ in the workspace)",
  );
}

/** Parses the number of a trial. Throws InvalidArgumentError. */
export const parseTrialNumber = createCountParser(1_000_000);

function createCountParser(largest: number): (value: string) => number {
  return (value) => {
    const number = parseWholeNumber(value, largest);
    if (number !== undefined) return number;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${largest}.`);
  };
}

/** Returns a whole number from 1 to `largest` that is written in digits; undefined for any other text. */
function parseWholeNumber(value: string, largest: number): number | undefined {
  const number = /^\d+$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= largest ? number : undefined;
}

/** Creates an option that takes one of `choices`. An error suggests the most similar one. */
export function createChoiceOption(choices: readonly string[], flags: string, description: string): Option {
  return new Option(flags, description).choices(choices).argParser((value: string) => {
    if (choices.includes(value)) return value;
    const advice = formatSuggestion(value, choices);
    throw new InvalidArgumentError(
      `Allowed choices are ${choices.join(", ")}.${advice === undefined ? "" : `\n  ${advice}`}`,
    );
  });
}

/** Parses a number of threads, or "auto". Throws InvalidArgumentError. */
export function parseThreadCount(value: string): ThreadCount {
  if (value === "auto") return value;
  const number = parseWholeNumber(value, 1024);
  if (number !== undefined) return number;
  throw new InvalidArgumentError("Expected a whole number from 1 to 1024, or auto.");
}

/** The help of `--trial`. */
export const TRIAL_HELP =
  "a trial of the run (default: the first seed of the configuration that is best by the experiment's metric)";

/** The help of `--threads`. */
export const THREADS_HELP =
  "number of threads per trial; auto measures which number is fastest (default: auto for a single trial, else 1)";

/** Parses a vector width. Throws InvalidArgumentError. */
export function parseSimdBits(value: string): 128 | 256 {
  if (value === "128") return 128;
  if (value === "256") return 256;
  throw new InvalidArgumentError("Expected 128 or 256.");
}

/** Returns the vector width, from `--simd` or from the former option `--no-widen`. */
export function resolveSimdBits({ simd, widen }: SimdOptions, terminal: Terminal): 128 | 256 {
  if (widen) return simd;
  terminal.err.write("notice: --no-widen is now called --simd 128\n");
  return 128;
}

/** Adds the options of the commands that train an experiment. */
export function addTrainingOptions(command: Command): Command {
  return command
    .option("--workers <number>", "number of trials to train at once (default: one per core)", parseCount)
    .option("--threads <number>", THREADS_HELP, parseThreadCount)
    .addOption(
      createPathOption("--out <folder>", "folder for the results (default: results/ in the workspace)"),
    )
    .addOption(createDataOption())
    .option("--fresh", "delete the results of earlier runs of this experiment, and start over")
    .option("--dry-run", "check the experiment and show what a run would do; train and write nothing")
    .option(
      "--checkpoint-every <seconds>",
      "interval between checkpoints of a trial (default: 30)",
      createSecondsParser(0),
    )
    .option(
      "--hung-after <seconds>",
      "restart a worker that is silent this long, and retry its trial (default: 120)",
      createSecondsParser(1),
    )
    .option(
      "--time-limit <seconds>",
      "stop a trial that trains longer than this without a pause (default: no limit)",
      createSecondsParser(1),
    )
    .option(
      "--most-failures <number>",
      "stop the run after this many consecutive failed trials (default: 5)",
      parseCount,
    )
    .option(
      "--simd <bits>",
      "vector width of the kernels in bits, 128 or 256; it does not change the results ",
      parseSimdBits,
      256,
    )
    .addOption(new Option("--no-widen").hideHelp());
}

/** Adds advice to commander's message about an unknown option that is a key of the experiment file. */
export function explainUnknownOption(text: string): string {
  const name = /unknown option '--([\w-]+)/.exec(text)?.[1];
  const path = name === undefined ? undefined : findKeyPath(name);
  if (path === undefined) return text;
  // If commander has several suggestions, they are only guesses: --set and --simd for --seed.
  const message = text.replace(/\n\(Did you mean one of [^)]*\)/, "").trimEnd();
  return `${message}\n  It is a key of the experiment file: write --set ${path}=…\n`;
}
