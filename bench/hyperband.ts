// Measures how many epochs Hyperband saves, and how much accuracy it loses. Runs
// experiments/sweep-hyperband.yaml with and without its pruner, and compares the best validation accuracies
// and the numbers of trained epochs. The test set is not used.
//
//   pnpm run bench:hyperband
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.dirname(import.meta.dirname);
const cli = path.join(root, "packages/cli/src/cli.js");
const file = path.join(root, "experiments/sweep-hyperband.yaml");
const scratch = mkdtempSync(path.join(tmpdir(), "nn-hyperband-"));

interface Found {
  readonly epochs: number;
  readonly trials: number;
  readonly completed: number;
  /** The best validation accuracy of the completed trials. */
  readonly best: number;
  readonly bestTrial: string;
}

function run(spec: string, out: string): Found {
  const { status } = spawnSync(process.execPath, [cli, "experiment", spec, "--out", out], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`the run ended with exit code ${status}`);
  const table = readFileSync(path.join(out, "sweep-hyperband/latest/results.csv"), "utf8");
  const [header = "", ...lines] = table.trim().split("\n");
  const columns = header.split(",");
  const rows = lines.map((line) => {
    const cells = line.split(",");
    return new Map(columns.map((column, index) => [column, cells[index] ?? ""]));
  });
  const completed = rows.filter((row) => row.get("status") === "completed");
  const accuracy = (row: ReadonlyMap<string, string>): number => Number(row.get("validation.accuracy"));
  const best = completed.reduce((a, b) => (accuracy(b) > accuracy(a) ? b : a));
  return {
    epochs: rows.reduce((sum, row) => sum + Number(row.get("epochs")), 0),
    trials: rows.length,
    completed: completed.length,
    best: accuracy(best),
    bestTrial: best.get("trial") ?? "",
  };
}

try {
  const whole = path.join(scratch, "whole.yaml");
  const text = readFileSync(file, "utf8");
  const pruner = /^ *pruner: .*\n/m;
  if (!pruner.test(text)) throw new Error(`${file} has no line "pruner: …"`);
  writeFileSync(whole, text.replace(pruner, "").replace("extends: ./", `extends: ${path.dirname(file)}/`));
  const pruned = run(file, path.join(scratch, "pruned"));
  const all = run(whole, path.join(scratch, "whole"));
  const show = (name: string, { trials, completed, epochs, best, bestTrial }: Found): void =>
    console.log(
      `${name}  ${trials} trials, ${completed} to the end, ${epochs} epochs, best validation accuracy ` +
        `${(100 * best).toFixed(2)} % (trial ${bestTrial})`,
    );
  show("hyperband ", pruned);
  show("all of it ", all);
  console.log(
    `hyperband trained ${((100 * pruned.epochs) / all.epochs).toFixed(1)} % of the epochs (asked: at most 30) ` +
      `and came within ${(100 * (all.best - pruned.best)).toFixed(2)} points (asked: 0.2)`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
