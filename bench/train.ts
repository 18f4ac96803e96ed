// Trains the same network with nn-from-scratch and its peers, alternately in several rounds, and prints the
// images per second of each, the ratio to ours, and the losses. All on one thread unless a row says
// otherwise.
//
//   pnpm run bench                         784-128-10, batch 100
//   pnpm run bench --hidden 512 --batch 128 --rounds 3
//   pnpm run bench --network lenet5        or cnn
//
// Needs: Debian's python3-torch and python3-numpy (the python that has them: --python PATH), TensorFlow.js
// from npm.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { selectPython, nnFromScratch } from "./contenders.ts";
import { writeImages } from "./images.ts";
import type { Contender, EpochResult, Network } from "./network.ts";
import { cnn } from "./networks/cnn.ts";
import { lenet5 } from "./networks/lenet5.ts";
import { mlp } from "./networks/mlp.ts";

const options = readOptions();
const networks: Readonly<Record<string, Network>> = { mlp: mlp(Number(options.hidden)), lenet5, cnn };
const network = networks[options.network] ?? leave(`There is no network "${options.network}".`);
const rounds = Number(options.rounds);
const batchSize = options.batch === undefined ? network.batchSize : Number(options.batch);
const contenders = [
  nnFromScratch("1 thread, strict", ["--threads", "1"]),
  nnFromScratch("1 thread, --simd 128", ["--threads", "1", "--simd", "128"]),
  nnFromScratch("2 threads", ["--threads", "2"]),
  nnFromScratch("--threads auto", ["--threads", "auto"]),
  ...network.peers,
];

function readOptions() {
  try {
    return parseArgs({
      options: {
        network: { type: "string", default: "mlp" },
        hidden: { type: "string", default: "128" },
        batch: { type: "string" },
        rounds: { type: "string", default: "5" },
        epochs: { type: "string", default: "4" },
        python: { type: "string", default: "/usr/bin/python3" },
      },
    }).values;
  } catch (error) {
    return leave(error instanceof Error ? error.message : String(error));
  }
}

function leave(message: string): never {
  console.error(message);
  console.error(
    "Usage: pnpm run bench [--network mlp|lenet5|cnn] [--hidden 128] [--batch 100] [--rounds 5] " +
      "[--epochs 4] [--python PATH]",
  );
  process.exit(2);
}

if (!selectPython(options.python)) {
  leave(
    `${options.python} has no NumPy and PyTorch. On Debian: apt-get install python3-numpy python3-torch; ` +
      "elsewhere --python PATH.",
  );
}

const scratch = mkdtempSync(path.join(tmpdir(), "nn-bench-"));
const folders = new Map<number, string>();

function train(contender: Contender): EpochResult[] {
  const { images = network.images, epochs = Number(options.epochs) } = contender;
  const folder = folders.get(images) ?? writeImages(path.join(scratch, `${images}`), images);
  folders.set(images, folder);
  const { layers, learningRate } = network;
  return contender.train({ folder, layers, batchSize, learningRate, epochs, threads: 1 });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

// The measurements alternate, so that a slow minute of the machine affects all of them.
const speeds = contenders.map((): number[] => []);
const losses = contenders.map(() => "");
for (let round = 1; round <= rounds; round++) {
  for (const [i, contender] of contenders.entries()) {
    process.stderr.write(`round ${round} of ${rounds}: ${contender.name}\n`);
    const epochs = train(contender);
    // The first epoch warms up: compilers, caches, memory.
    speeds[i]!.push(median(epochs.slice(1).map(({ imagesPerSecond }) => imagesPerSecond)));
    losses[i] = [epochs.at(0), epochs.at(-1)].map((epoch) => epoch?.loss.toFixed(3)).join(" → ");
  }
}
rmSync(scratch, { recursive: true });

const own = median(speeds[0]!);
console.log(
  `${network.title}, batch ${batchSize}, SGD with momentum: training images/s, median of ${rounds} rounds; ` +
    `the mean loss of the first epoch and of the last\n`,
);
const row = (name: string, figures: readonly string[], loss: string) =>
  console.log(name.padEnd(36) + figures.map((figure) => figure.padStart(10)).join("") + loss.padStart(18));
row("", ["median", "lowest", "highest", "we are"], "loss");
for (const [i, { name }] of contenders.entries()) {
  const all = speeds[i]!;
  const figures = [median(all), Math.min(...all), Math.max(...all)].map((value) =>
    value.toFixed(value < 100 ? 1 : 0),
  );
  row(name, [...figures, `${(own / median(all)).toFixed(2)} x`], losses[i]!);
}
