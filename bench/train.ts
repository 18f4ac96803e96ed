// Trains the same network with nn-from-scratch and its peers, alternately in several rounds, and prints the
// images per second of each, the ratio to ours, and the losses. All on one thread unless a row says
// otherwise.
//
//   pnpm run bench                         784-128-10, batch 100
//   pnpm run bench --hidden 512 --batch 128 --rounds 3
//   pnpm run bench --network lenet5        or cnn, lstm-rows, transformer
//
// Peers that are not installed are named and skipped: Debian's python3-torch and python3-numpy (the Python
// that has them: --python PATH), jax-js and TensorFlow.js from npm.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { nnFromScratch } from "./contenders.ts";
import { writeImages } from "./images.ts";
import type { Contender, EpochResult, Network } from "./network.ts";
import { cnn } from "./networks/cnn.ts";
import { lenet5 } from "./networks/lenet5.ts";
import { lstmRows } from "./networks/lstm-rows.ts";
import { mlp } from "./networks/mlp.ts";
import { transformer } from "./networks/transformer.ts";
import { choosePython, hasPeer } from "./peers.ts";
import { formatFigures, Measurements, printTable } from "./record/measurements.ts";
import { median } from "./record/statistics.ts";

const options = readOptions();
const networks: Readonly<Record<string, Network>> = {
  mlp: mlp(Number(options.hidden)),
  lenet5,
  cnn,
  "lstm-rows": lstmRows,
  transformer,
};
const network = networks[options.network] ?? leave(`There is no network "${options.network}".`);
const rounds = Number(options.rounds);
const batchSize = options.batch === undefined ? network.batchSize : Number(options.batch);
choosePython(options.python);
const contenders = [
  nnFromScratch("1 thread, strict", ["--threads", "1"]),
  nnFromScratch("--simd 128", ["--threads", "1", "--simd", "128"]),
  nnFromScratch("2 threads", ["--threads", "2"]),
  nnFromScratch("auto threads", ["--threads", "auto"]),
  ...network.peers.filter(({ peer }) => peer === undefined || hasPeer(peer)),
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
    "Usage: pnpm run bench [--network mlp|lenet5|cnn|lstm-rows|transformer] [--hidden 128] [--batch 100] " +
      "[--rounds 5] [--epochs 4] [--python PATH]",
  );
  process.exit(2);
}

const scratch = mkdtempSync(path.join(tmpdir(), "nn-bench-"));
const folders = new Map<number, string>();

function train(contender: Contender): EpochResult[] {
  const { images = network.images, epochs = Number(options.epochs) } = contender;
  const folder = folders.get(images) ?? writeImages(path.join(scratch, `${images}`), images);
  folders.set(images, folder);
  return contender.train({ ...network, folder, batchSize, epochs, threads: 1 });
}

// In turn, not one after the other: when the machine slows down for a minute, all slow down.
const setting = `${network.title}, batch ${batchSize}`;
const speeds = new Measurements();
const losses = new Measurements();
try {
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      const { name } = contender;
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
      const epochs = train(contender);
      // The first epoch warms up: compilers, caches, memory.
      const speed = median(epochs.slice(1).map(({ imagesPerSecond }) => imagesPerSecond));
      speeds.add({ setting, name, unit: "images/s" }, speed);
      losses.add({ setting, name, unit: "loss of the first epoch" }, epochs[0]!.loss);
      losses.add({ setting, name, unit: "loss of the last epoch" }, epochs[epochs.length - 1]!.loss);
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}

const rows = speeds.record();
const lossRows = losses.record();
const { optimizer } = network;
console.log(
  `${setting}, ${optimizer.type}: training images/s, median of ${rounds} rounds; ` +
    `the mean loss of the first epoch and of the last\n`,
);
printTable(
  ["", "median", "lowest", "highest", "ours is", "loss"],
  rows.map((row) => {
    const loss = lossRows.filter(({ name }) => name === row.name).map(({ median }) => median.toFixed(3));
    const ratio = `${(rows[0]!.median / row.median).toFixed(2)} x`;
    return [row.name, formatFigures(row), ratio, loss.join(" → ")];
  }),
);
