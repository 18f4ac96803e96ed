// The time to 99 % and to 98 % on MNIST: runs experiments/fast-99.yaml and fast-98.yaml with each of their
// seeds, in turn with the same network and recipe in PyTorch (peers/record.py), and prints each accuracy on
// the test set and the seconds of each whole process, from its start to its end. Nothing is chosen by the
// test set: every seed counts.
//
//   pnpm run bench:record [fast-99|fast-98] [--seeds N] [--threads 2] [--peer-threads 1,2] [--python PATH]
//
// --seeds 3 times the first three seeds only; the command of all seeds always runs. PyTorch is timed with
// each number of --peer-threads, and the ratio is to the fastest: on a busy machine, more than one is very
// slow. Needs: Debian's python3-torch and python3-numpy.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { writeImages } from "./images.ts";
import { cli } from "./program.ts";

const NAMES = ["fast-99", "fast-98"];
const root = path.dirname(import.meta.dirname);

/** One training of one seed. */
interface Result {
  /** Share of the 10,000 test images. */
  readonly accuracy: number;
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** Of these, the epochs alone. */
  readonly training: number;
}

/** What the files of a run say. */
interface Run {
  readonly rows: readonly ReadonlyMap<string, string>[];
  readonly folder: string;
  readonly seconds: number;
}

/** The parts of a saved experiment that this file reads. All defaults are filled in. */
interface Spec {
  readonly model: { readonly layers: readonly object[] };
  readonly training: { readonly epochs: number; readonly batchSize: number };
}

const options = readOptions();
const scratch = mkdtempSync(path.join(tmpdir(), "nn-record-"));
try {
  const folder = writeImages(path.join(scratch, "data"), 60_000, 10_000);
  printMachine();
  for (const name of options.names) measure(name, folder);
} finally {
  rmSync(scratch, { recursive: true });
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        seeds: { type: "string" },
        threads: { type: "string", default: "2" },
        "peer-threads": { type: "string", default: "1,2" },
        python: { type: "string", default: "/usr/bin/python3" },
      },
    });
    const unknown = positionals.find((name) => !NAMES.includes(name));
    if (unknown !== undefined) throw new Error(`There is no record "${unknown}".`);
    const [seeds, threads] = [Number(values.seeds ?? Infinity), Number(values.threads)];
    const peerThreads = values["peer-threads"].split(",").map(Number);
    if (![seeds, threads, ...peerThreads].every((number) => number >= 1))
      throw new Error("--seeds, --threads and --peer-threads must be whole numbers from 1.");
    if (spawnSync(values.python, ["-c", "import numpy, torch"]).status !== 0)
      throw new Error(
        `${values.python} has no NumPy and PyTorch. On Debian: apt-get install python3-numpy python3-torch.`,
      );
    const names = positionals.length > 0 ? positionals : NAMES;
    return { names, seeds, threads, peerThreads, python: values.python };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error(
      "Usage: pnpm run bench:record [fast-99|fast-98] [--seeds N] [--threads 2] [--peer-threads 1,2] " +
        "[--python PATH]",
    );
    process.exit(2);
  }
}

function printMachine(): void {
  const version = "import numpy, torch; print(f'PyTorch {torch.__version__}, NumPy {numpy.__version__}')";
  const { stdout: peer } = spawnSync(options.python, ["-c", version], { encoding: "utf8" });
  const { stdout: commit } = spawnSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: root,
    encoding: "utf8",
  });
  const processor = `${cpus()[0]?.model.trim()}, ${availableParallelism()} hardware threads`;
  console.log(`${processor}; Node ${process.version}; commit ${commit.trim()}; ${peer.trim()}`);
}

function measure(name: string, folder: string): void {
  const file = path.join(root, "experiments", `${name}.yaml`);
  console.log(`\n${name}: load ${loadavg()[0]?.toFixed(1)} before`);
  // Builds the program and the caches of the kernels and warms up the disk's; its time does not count.
  const { rows, folder: first } = experiment(file, ["--workers", "1", "--set", "repeats=1"]);
  const start = Number(rows[0]?.get("seed"));
  const spec = specOf(first);
  printWork(spec, file);

  const all = experiment(file, []);
  const seeds = all.rows.map((row) => Number(row.get("seed"))).slice(0, options.seeds);
  const contenders = new Map<string, (seed: number) => Result>([
    [`ours, ${count(options.threads, "thread")}`, (seed) => ours(file, seed)],
    ...options.peerThreads.map(
      (threads) =>
        [
          `PyTorch, ${count(threads, "thread")}`,
          (seed: number) => pytorch(folder, spec, seed, threads),
        ] as const,
    ),
  ]);
  const results = new Map<string, Result[]>();
  for (const seed of seeds) {
    for (const [who, train] of contenders) {
      process.stderr.write(`${name}, seed ${seed}: ${who}\n`);
      results.set(who, [...(results.get(who) ?? []), train(seed)]);
    }
  }

  console.log(`${"".padEnd(20)}${["seed", "accuracy", "seconds", "training"].map(cell).join("")}`);
  for (const [who, list] of results) {
    for (const [i, { accuracy, seconds, training }] of list.entries())
      console.log(
        who.padEnd(20) +
          [`${seeds[i]}`, percent(accuracy), seconds.toFixed(2), training.toFixed(2)].map(cell).join(""),
      );
  }
  const accuracies = all.rows.map((row) => Number(row.get("test.accuracy")));
  console.log(
    `all ${all.rows.length} seeds from ${start} in one command: ${accuracies.map(percent).join(", ")}; mean ` +
      `${summary(accuracies)}; ${all.seconds.toFixed(2)} s`,
  );
  const medians = [...results].map(([who, list]) => {
    const seconds = median(list.map((each) => each.seconds));
    console.log(
      `${who}: mean test accuracy ${summary(list.map(({ accuracy }) => accuracy))}, median ` +
        `${seconds.toFixed(2)} s, of these ${median(list.map(({ training }) => training)).toFixed(2)} s training`,
    );
    return seconds;
  });
  const [own = NaN, ...peers] = medians;
  console.log(`ours takes ${(own / Math.min(...peers)).toFixed(2)} of PyTorch's time`);
  console.log(`load ${loadavg()[0]?.toFixed(1)} after`);
}

/** The multiply-adds of the plain sums. A kernel such as Winograd's needs fewer for the same result. */
function printWork({ training: { epochs, batchSize } }: Spec, file: string): void {
  const table = timed(process.execPath, [cli, "validate", file]).output;
  // "[3]  conv2d  (8, 8, 16)  3,200  204,800": the last number of each layer that has weights
  const layers = [...table.matchAll(/^ *\[\d+\].* ([\d,]+)$/gm)]
    .map(([, digits = ""]) => Number(digits.replaceAll(",", "")))
    .filter((multiplyAdds) => multiplyAdds > 0);
  const forward = layers.reduce((sum, each) => sum + each, 0);
  // Forward, the gradient of the weights, and the gradient of the input, which the first layer needs not.
  const backward = 2 * forward - (layers[0] ?? 0);
  const images = 60_000 * epochs;
  console.log(
    `${count(epochs, "epoch")} of 60,000 images in batches of ${batchSize}; multiply-adds: ` +
      `${forward.toLocaleString("en")} forward and ${backward.toLocaleString("en")} backward per image, ` +
      `${((forward + backward) * images).toExponential(2)} in training`,
  );
}

/** Runs the command on an experiment in a new folder and returns what it wrote. */
function experiment(file: string, flags: readonly string[]): Run {
  const out = mkdtempSync(path.join(scratch, "ours-"));
  const seconds = timed(process.execPath, [cli, "experiment", file, "--out", out, ...flags]).seconds;
  const folder = path.join(out, path.basename(file, ".yaml"), "latest");
  return { rows: readTable(path.join(folder, "results.csv")), folder, seconds };
}

function ours(file: string, seed: number): Result {
  const one = ["--set", "repeats=1", "--set", `seed=${seed}`, "--threads", `${options.threads}`];
  const { rows, folder, seconds } = experiment(file, one);
  const epochs = readTable(path.join(folder, "timings.csv")).filter((row) => row.get("epoch") !== "");
  const training = epochs.reduce((sum, row) => sum + Number(row.get("seconds")), 0);
  return { accuracy: Number(rows[0]?.get("test.accuracy")), seconds, training };
}

function pytorch(folder: string, spec: Spec, seed: number, threads: number): Result {
  const program = path.join(import.meta.dirname, "peers/record.py");
  const { seconds, output } = timed(options.python, [
    program,
    JSON.stringify({ folder, spec, seed, threads }),
  ]);
  const { accuracy, training }: Omit<Result, "seconds"> = JSON.parse(output);
  return { accuracy, training, seconds };
}

/** The experiment of the first trial of a run, from the header of its weights. */
function specOf(run: string): Spec {
  const file = readFileSync(path.join(run, "trials/1/model.safetensors"));
  const length = Number(file.readBigUInt64LE(0));
  const { __metadata__: metadata }: { __metadata__: { spec: string } } = JSON.parse(
    file.toString("utf8", 8, 8 + length),
  );
  return JSON.parse(metadata.spec);
}

function readTable(file: string): ReadonlyMap<string, string>[] {
  const [header = [], ...rows] = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return rows.map((cells) => new Map(header.map((name, i) => [name, cells[i] ?? ""])));
}

function timed(command: string, args: readonly string[]): { seconds: number; output: string } {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  const seconds = (performance.now() - start) / 1000;
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  return { seconds, output: stdout };
}

function summary(accuracies: readonly number[]): string {
  const mean = accuracies.reduce((sum, each) => sum + each, 0) / accuracies.length;
  const squares = accuracies.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (accuracies.length - 1));
  return `${(100 * mean).toFixed(3)} ± ${(100 * deviation).toFixed(3)} %`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function cell(text: string): string {
  return text.padStart(11);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
