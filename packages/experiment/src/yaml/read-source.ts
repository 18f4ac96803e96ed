import { readFileSync, statSync } from "@nn/platform/files";
import { dirname, resolve } from "@nn/platform/path";

import { describeFilesInFolder, suggestFile } from "../errors/suggest-file.ts";
import type { Problem } from "../errors/problem.ts";
import type { Source, Span } from "./source.ts";

/**
 * Maximum size in bytes. An experiment is about a page of text, so a larger file is probably the wrong file.
 */
const LARGEST_FILE = 2 ** 20;

/** The usual folder of experiments, which users may forget when they name one. */
const EXPERIMENTS = "experiments";

const YAML_FILE = /\.ya?ml$/i;

/** The source of a file, or the reason why it cannot be read. */
export type SourceOrProblem = { readonly source: Source } | { readonly problem: Problem };

/**
 * Reads an experiment file. `name` is its name in messages. `mentioned` is the position at which another file
 * or an argument names it; problems are then reported there.
 */
export function readSource(file: string, name: string, mentioned?: Span): SourceOrProblem {
  const place = mentioned ?? name;
  const createProblem = (message: string, rest: Omit<Problem, "place" | "message">): SourceOrProblem => ({
    problem: { place, message: mentioned === undefined ? message : `${name}: ${message}`, ...rest },
  });

  let bytes: Uint8Array;
  try {
    // Checked before the file is opened, because opening a pipe would wait for a writer.
    const stats = statSync(file);
    if (stats.isDirectory()) {
      return createProblem("this is a folder, not an experiment file", {
        expected: "a YAML file",
        advice: describeFilesInFolder(file, YAML_FILE),
      });
    }
    if (!stats.isFile()) {
      return createProblem("this is not a regular file", { expected: "a YAML file on disk" });
    }
    if (stats.size > LARGEST_FILE) {
      return createProblem(`this file is too large for an experiment: ${formatBytes(stats.size)}`, {
        expected: `at most ${formatBytes(LARGEST_FILE)} of YAML`,
        advice:
          "Check that this is the right file. An experiment names its data set and does not contain it.",
      });
    }
    bytes = readFileSync(file);
  } catch (error) {
    return createProblem(
      ...explainUnreadable(error, file, name, mentioned === undefined ? EXPERIMENTS : undefined),
    );
  }

  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); // Removes a byte order mark.
    if (text.includes("\r") && !text.includes("\n")) {
      return createProblem("the lines of this file end with carriage returns only", {
        expected: "lines that end with a line feed (LF) or CRLF",
        advice: "Save it with LF line ends in your editor.",
      });
    }
    return { source: { kind: "file", name, folder: dirname(resolve(file)), text } };
  } catch {
    return createProblem("this file is not UTF-8 text", {
      expected: "YAML, written as UTF-8",
      advice: "Save it as UTF-8 in your editor, or use another file.",
    });
  }
}

type Reason = readonly [message: string, rest: Omit<Problem, "place" | "message">];

function explainUnreadable(error: unknown, file: string, name: string, folder: string | undefined): Reason {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return [
        "no such file",
        { expected: "the path of an experiment file", advice: suggestFile(file, name, YAML_FILE, folder) },
      ];
    case "EACCES":
    case "EPERM":
      return ["you do not have permission to read this file", { advice: "Check its permissions." }];
    default:
      return [
        `this file cannot be read (${error instanceof Error ? error.message : String(error)})`,
        { advice: "Check the path and the disk." },
      ];
  }
}

function formatBytes(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
