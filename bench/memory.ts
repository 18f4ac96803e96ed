// The peak memory of each experiment in experiments/, short and three times as long: with one epoch and one
// trial, or a sweep of 4 trials; then with three epochs and two trials, or a sweep of 12 trials. So it shows
// whether memory grows with epochs or trials. One worker, so that both have the same processes. Linux only.
//
//   pnpm run bench:memory [--images 60000] [--only NAME,…]
//
// With fewer training images, of which it holds out a sixth for validation, it takes less time; each image
// less is 784 bytes less.
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { FASHION_FOLDER, writeFashionImages, writeImages } from "./images.ts";
import { followMemory, type Peak } from "./process-memory.ts";
import { cliPath, Program } from "./program.ts";
import { type Measurement, Measurements, printTable } from "./record/measurements.ts";

const { values } = parseArgs({ options: { images: { type: "string" }, only: { type: "string" } } });
const images = Number(values.images ?? 60_000);
const folder = path.join(path.dirname(import.meta.dirname), "experiments");
const names = globSync("*.yaml", { cwd: folder })
  .map((file) => path.basename(file, ".yaml"))
  .filter((name) => values.only?.split(",").includes(name) ?? true)
  .sort();
const scratch = mkdtempSync(path.join(tmpdir(), "nn-memory-"));
const data = path.join(scratch, "data");

/** The changes that make a run of this experiment short, or `times` as long. */
function changes(name: string, times: 1 | 3): string[] {
  const text = readFileSync(path.join(folder, `${name}.yaml`), "utf8");
  const validation = /validation: \d+|extends:/.test(text)
    ? [`dataset.validation=${Math.round(images / 6)}`]
    : [];
  // A population is compared after each generation but the last.
  if (text.includes("type: pbt"))
    return [...validation, "sweep.sampler.interval=1", `training.epochs=${2 * times}`];
  if (text.includes("pruner:"))
    return [...validation, `sweep.sampler.trials=${4 * times}`, "training.epochs=3"];
  if (text.includes("trials:"))
    return [...validation, `sweep.sampler.trials=${4 * times}`, "training.epochs=1"];
  if (text.includes("sweep:")) return [...validation, `repeats=${times}`, "training.epochs=1"];
  return [...validation, `repeats=${times === 1 ? 1 : 2}`, `training.epochs=${times}`];
}

async function measure(name: string, times: 1 | 3): Promise<Peak> {
  const out = path.join(scratch, "results", `${name}-${times}`);
  const set = changes(name, times).flatMap((change) => ["--set", change]);
  const where = ["--data", data, "--out", out, "--workers", "1"];
  const program = new Program(process.execPath, [
    cliPath,
    "experiment",
    path.join(folder, `${name}.yaml`),
    ...set,
    ...where,
  ]);
  const peak = await followMemory(program.pid, program.ended);
  const code = await program.ended;
  if (code !== 0) throw new Error(`${name} ended with exit code ${code}:\n${program.output}`);
  rmSync(out, { recursive: true });
  return peak;
}

try {
  const testCount = Math.round(images / 6);
  writeImages(data, images, testCount);
  const hasFashion = existsSync(FASHION_FOLDER);
  if (hasFashion) writeFashionImages(data, images, testCount);
  const rows: Measurement[] = [];
  const setting = `${images.toLocaleString("en")} training images`;
  for (const name of names) {
    const text = readFileSync(path.join(folder, `${name}.yaml`), "utf8");
    if (text.includes("type: fashion-mnist") && !hasFashion) {
      console.error(`Skipped: ${name}, because Debian's dataset-fashion-mnist is not installed.`);
      continue;
    }
    const peaks = new Measurements();
    for (const times of [1, 3] as const) {
      process.stderr.write(`${name}, ${times === 1 ? "short" : "longer"}\n`);
      const peak = await measure(name, times);
      const length = times === 1 ? "short" : "longer";
      peaks.add({ setting, name, unit: `MB, all processes, ${length}` }, peak.tree);
      peaks.add({ setting, name, unit: `MB, largest process, ${length}` }, peak.process);
    }
    rows.push(...peaks.record());
  }
  console.log(`peak memory in MB, ${setting}; all processes: shared pages count once\n`);
  const units = [...new Set(rows.map(({ unit }) => unit))];
  printTable(
    ["", ...units.map((unit) => unit.slice(4))],
    names.map((name) => [
      name,
      rows.filter((row) => row.name === name).map(({ median }) => median.toFixed(0)),
    ]),
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
