import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** The latest run of the experiment `name` whose results are in `out`. */
const runFolder = (out: string, name: string): string => path.join(out, name, "latest");

/** Returns the hash of every file that must be reproducible, by file name. */
export function hashResultFiles(out: string, name: string): Map<string, string> {
  const folder = runFolder(out, name);
  const files = ["results.csv", "epochs.csv", "experiment.yaml", ...globSync("trials/*/*", { cwd: folder })];
  const digest = (file: string): string =>
    createHash("sha256")
      .update(readFileSync(path.join(folder, file)))
      .digest("hex");
  return new Map(files.sort().map((file) => [file, digest(file)]));
}

/** Returns the names of the files that differ between two runs, or that only one run has. */
export function findDifferingFiles(one: Map<string, string>, other: Map<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((file) => one.get(file) !== other.get(file));
}

/** Returns the number of lines in the journal, which grows with the progress of a run. */
export function countJournalLines(out: string, name: string): number {
  try {
    return readFileSync(path.join(runFolder(out, name), "journal.jsonl"), "utf8").split("\n").length - 1;
  } catch {
    return 0; // not begun
  }
}

/** Returns the rows of a CSV table, each as a map from column name to cell. */
export function readTable(out: string, name: string, table: string): Record<string, string>[] {
  const [header = "", ...rows] = readFileSync(path.join(runFolder(out, name), table), "utf8")
    .trim()
    .split("\n");
  const columns = header.split(",");
  return rows.map((row) =>
    Object.fromEntries(row.split(",").map((cell, index) => [columns[index] ?? "", cell])),
  );
}
