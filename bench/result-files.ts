import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** The latest run of the experiment `name` whose results are in `out`. */
const runFolder = (out: string, name: string): string => path.join(out, name, "latest");

/** Every file whose bytes are promised, by its hash. */
export function hashResultFiles(out: string, name: string): Map<string, string> {
  const folder = runFolder(out, name);
  const files = ["results.csv", "epochs.csv", "experiment.yaml", ...globSync("trials/*/*", { cwd: folder })];
  const digest = (file: string): string =>
    createHash("sha256")
      .update(readFileSync(path.join(folder, file)))
      .digest("hex");
  return new Map(files.sort().map((file) => [file, digest(file)]));
}

/** The names of the files that only one of two runs has, or that are others there. */
export function findDifferingFiles(one: Map<string, string>, other: Map<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((file) => one.get(file) !== other.get(file));
}

/** Lines of the journal: how far a run is. */
export function countJournalLines(out: string, name: string): number {
  try {
    return readFileSync(path.join(runFolder(out, name), "journal.jsonl"), "utf8").split("\n").length - 1;
  } catch {
    return 0; // not begun
  }
}

/** The rows of a table of numbers and names, without its header, as columns by name. */
export function readTable(out: string, name: string, table: string): Record<string, string>[] {
  const [header = "", ...rows] = readFileSync(path.join(runFolder(out, name), table), "utf8")
    .trim()
    .split("\n");
  const columns = header.split(",");
  return rows.map((row) =>
    Object.fromEntries(row.split(",").map((cell, index) => [columns[index] ?? "", cell])),
  );
}
