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
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { writeImages } from "./images.ts";
import { cliPath } from "./program.ts";

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
  /** Seconds of processor time in all threads and processes: less dependent on other programs. Linux only. */
  readonly processor: number;
}

/** What the files of a run say. */
interface Run {
  readonly rows: readonly ReadonlyMap<string, string>[];
  readonly folder: string;
  readonly seconds: number;
  readonly processor: number;
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
  // Builds the program and the caches of the kernels and warms up the disk's; its time is discarded.
  const { rows, folder: first } = experiment(file, ["--workers", "1", "--set", "repeats=1"]);
  const start = Number(rows[0]?.get("seed"));
  const repeats = Number(/^repeats: (\d+)$/m.exec(readFileSync(file, "utf8"))?.[1]);
  const spec = specOf(first);
  printWork(spec, file);

  const seeds = Array.from({ length: Math.min(options.seeds, repeats) }, (_, i) => start + i);
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
  const header = ["seed", "accuracy", "seconds", "training", "processor"];
  console.log(`${"".padEnd(20)}${header.map(cell).join("")}`);
  for (const seed of seeds) {
    for (const [who, train] of contenders) {
      const { accuracy, ...times } = train(seed);
      results.set(who, [...(results.get(who) ?? []), { accuracy, ...times }]);
      const figures = [times.seconds, times.training, times.processor].map((each) => each.toFixed(2));
      console.log(who.padEnd(20) + [`${seed}`, percent(accuracy), ...figures].map(cell).join(""));
    }
  }
  const medians = [...results].map(([who, list]) => {
    const middle = (key: "seconds" | "training" | "processor") => median(list.map((each) => each[key]));
    console.log(
      `${who}: mean test accuracy ${summary(list.map(({ accuracy }) => accuracy))}; medians: ` +
        `${middle("seconds").toFixed(2)} s, of these ${middle("training").toFixed(2)} s training; ` +
        `${middle("processor").toFixed(2)} s of processor time`,
    );
    return { seconds: middle("seconds"), processor: middle("processor") };
  });
  const [own, ...peers] = medians;
  const ratio = (key: "seconds" | "processor") =>
    ((own?.[key] ?? NaN) / Math.min(...peers.map((each) => each[key]))).toFixed(2);
  console.log(
    `ours takes ${ratio("seconds")} of PyTorch's time and ${ratio("processor")} of its processor time`,
  );
  const all = experiment(file, []);
  const accuracies = all.rows.map((row) => Number(row.get("test.accuracy")));
  console.log(
    `all ${all.rows.length} seeds from ${start} in one command: ${accuracies.map(percent).join(", ")}; mean ` +
      `${summary(accuracies)}; ${all.seconds.toFixed(2)} s`,
  );
  console.log(`load ${loadavg()[0]?.toFixed(1)} after`);
}

/** The multiply-adds of the plain sums. A kernel such as Winograd's needs fewer for the same result. */
function printWork({ training: { epochs, batchSize } }: Spec, file: string): void {
  const table = timed(process.execPath, [cliPath, "validate", file]).output;
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
  const { seconds, processor } = timed(process.execPath, [
    cliPath,
    "experiment",
    file,
    "--out",
    out,
    ...flags,
  ]);
  const folder = path.join(out, path.basename(file, ".yaml"), "latest");
  return { rows: readTable(path.join(folder, "results.csv")), folder, seconds, processor };
}

function ours(file: string, seed: number): Result {
  const one = ["--set", "repeats=1", "--set", `seed=${seed}`, "--threads", `${options.threads}`];
  const { rows, folder, ...times } = experiment(file, one);
  const epochs = readTable(path.join(folder, "timings.csv")).filter((row) => row.get("epoch") !== "");
  const training = epochs.reduce((sum, row) => sum + Number(row.get("seconds")), 0);
  return { accuracy: Number(rows[0]?.get("test.accuracy")), training, ...times };
}

function pytorch(folder: string, spec: Spec, seed: number, threads: number): Result {
  const program = path.join(import.meta.dirname, "peers/record.py");
  const work = JSON.stringify({ folder, spec, seed, threads });
  const { output, ...times } = timed(options.python, [program, work]);
  const { accuracy, training }: Pick<Result, "accuracy" | "training"> = JSON.parse(output);
  return { accuracy, training, ...times };
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

function timed(command: string, args: readonly string[]) {
  const [start, spent] = [performance.now(), childrenSeconds()];
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  const [seconds, processor] = [(performance.now() - start) / 1000, childrenSeconds() - spent];
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  return { seconds, processor, output: stdout };
}

/** Processor time of all ended children and their children, which /proc has in hundredths of a second. */
function childrenSeconds(): number {
  if (!existsSync("/proc/self/stat")) return NaN;
  // The second field, the name in parentheses, may contain spaces. cutime and cstime are the fields 16 and 17.
  const text = readFileSync("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
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
