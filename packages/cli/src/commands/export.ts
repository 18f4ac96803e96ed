import { realpathSync } from "node:fs";
import path from "node:path";

import { exportFormats, type ExportFormatName } from "@nn/formats";
import { toPrintable } from "@nn/platform/printable";

import { formatBytes } from "../terminal/format.ts";
import { formatNotices } from "../terminal/notices.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { quoteForShell } from "./command-line.ts";
import { findNetwork } from "./find-network.ts";
import { checkOutputFile, writeOutputFile } from "./output-file.ts";

/** Command-line options of `export`. */
export interface ExportOptions {
  readonly to: ExportFormatName;
  /** The number of a trial, instead of the best one. */
  readonly trial?: number | undefined;
  /**
   * The file to write. Default: `<experiment>-<trial>` with the extension of the format, in the current
   * folder.
   */
  readonly out?: string | undefined;
  /** Whether to replace an existing file. */
  readonly force?: boolean | undefined;
}

/**
 * Runs `export RUN`: writes a trained network in the format of another program. Returns the exit code. Throws
 * ExperimentError, ExportError and RunDirectoryError.
 */
export function exportCommand(where: string, options: ExportOptions, terminal: Terminal): number {
  const { network, reason, notices } = findNetwork(where, options.trial);
  terminal.err.write(formatNotices(notices));
  const format = exportFormats[options.to];
  const target = options.out ?? `${getFileName(network.source)}${format.extension}`;
  const isReplaced = checkOutputFile(target, { force: options.force });
  const bytes = format.encode(network);
  writeOutputFile(target, bytes);

  if (reason !== undefined) terminal.out.write(`${toPrintable(reason)}\n`);
  const text =
    `Wrote ${target}${isReplaced ? ", replacing the earlier file" : ""}: ${format.title}, ` +
    `${formatBytes(bytes.length)}, from ${network.source}\n\n` +
    format
      .describe(network)
      .map((line) => `  ${line}\n`)
      .join("") +
    `\nOpen it: ${formatOpening(format.open(target))}\n`;
  terminal.out.write(toPrintable(text));
  const { evaluation } = network.spec;
  if (evaluation !== undefined && evaluation.views > 1) {
    const notice =
      `the experiment evaluates the mean of ${evaluation.views} views of each image; the exported network ` +
      `sees only the unchanged image, so its accuracy can differ from that in results.csv`;
    terminal.err.write(formatNotices([notice]));
  }
  return 0;
}

function formatOpening(opening: readonly string[] | string): string {
  return typeof opening === "string" ? opening : opening.map(quoteForShell).join(" ");
}

/** Returns `<experiment>-<trial>` for a network in a run's folder, otherwise the name of the file. */
function getFileName(source: string): string {
  const file = realpathSync(source);
  const trial = path.dirname(file);
  if (path.basename(path.dirname(trial)) !== "trials") return path.basename(file, path.extname(file));
  const experiment = path.dirname(path.dirname(path.dirname(trial)));
  return `${path.basename(experiment)}-${path.basename(trial)}`;
}
