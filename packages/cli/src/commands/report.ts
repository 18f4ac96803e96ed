import { join, relative, resolve } from "node:path";

import { createReport, isReport } from "@nn/report";
import { toPrintableLine } from "@nn/platform/printable";

import { gatherReportData } from "../report/gather-report.ts";
import { openFile } from "../report/open-file.ts";
import { readPageFiles } from "../report/page-files.ts";
import { findRun } from "../runs/find-run.ts";
import { readRunStatus } from "../runs/run-status.ts";
import { formatBytes } from "../terminal/format.ts";
import { formatNotices } from "../terminal/notices.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { resolveDataFolder } from "./data-folder.ts";
import { checkOutputExtension, checkOutputFile, writeOutputFile } from "./output-file.ts";

/** Command-line options of `report`. */
export interface ReportOptions {
  /** If true, opens the file in the system's browser. */
  readonly open?: boolean | undefined;
  /** The HTML file; by default, report.html in the folder of the run. */
  readonly out?: string | undefined;
  /** Whether to replace an existing file that is not a report. */
  readonly force?: boolean | undefined;
  readonly data?: string | undefined;
}

/**
 * Runs `report RUN…`: writes an HTML file that explains the first run and compares it with the best results
 * of the others. Returns the exit code. Throws ExperimentError, RunDirectoryError and UnwritableError.
 */
export async function reportCommand(
  where: readonly string[],
  options: ReportOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, force } = options;
  if (out !== undefined) {
    checkOutputFile(out, { force, isOwn: isReport, own: "a report of this program" });
    checkOutputExtension(out, [".html", ".htm"], "an HTML file");
  }
  const notice = (text: string): void => void terminal.err.write(formatNotices([text]));
  const found = where.map((each) => {
    const { run, trial } = findRun(each);
    if (trial !== undefined) notice(`${each} is one trial; the report is about its whole run`);
    return run;
  });
  const [run = "", ...others] = found.filter((each, index) => {
    const first = found.indexOf(each);
    if (first < index) notice(`${where[index]} and ${where[first]} are the same run, so it is shown once`);
    return first === index;
  });
  const file = out ?? join(run, "report.html");
  // The file in the run's folder is always replaced, like the other files that the program writes there.
  if (out === undefined) checkOutputFile(file, { force: true });
  for (const each of [run, ...others]) readRunStatus(each).notices.forEach(notice);
  const { status, done, trials } = readRunStatus(run);
  if (status !== "finished" && trials !== undefined)
    notice(`the run is not finished: ${done} of ${trials} trials have ended`);
  const data = await gatherReportData([run, ...others], resolveDataFolder(options), notice);
  const html = createReport(data, await readPageFiles());
  writeOutputFile(file, html);
  const here = relative(process.cwd(), resolve(file));
  terminal.out.write(
    `${toPrintableLine(here.startsWith("..") ? file : here)}  ${formatBytes(Buffer.byteLength(html))}\n`,
  );
  if (options.open === true) openFile(file, notice);
  return 0;
}
