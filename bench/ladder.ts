// Starts with the reference loops, adds one optimization at a time, and prints the training speed on MNIST in
// images/s after each. Checks that every step computes the same bytes.
//
//   pnpm run bench:ladder                                784-128-10, batch 100, 5 rounds
//   pnpm run bench:ladder --network lenet5 --rounds 3 --seconds 2 --threads 4
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { createWasmBackend } from "../packages/kernels/src/index.ts";
import { ensureKernelsCompiled, getNodeFlags } from "../packages/kernels/src/node/index.ts";
import {
  resolveLayer,
  initializers,
  layers,
  losses,
  optimizers,
  planModel,
} from "../packages/layers/src/index.ts";
import { completeOptions } from "../packages/catalog/src/testing/complete-options.ts";
import { createReferenceBackend, createRng, type Backend } from "../packages/tensor/src/index.ts";
import { writeImages } from "./images.ts";
import type { Network } from "./network.ts";
import { lenet5 } from "./networks/lenet5.ts";
import { mlp } from "./networks/mlp.ts";
import { formatFigures, Measurements, printTable } from "./record/measurements.ts";

/** One step of the ladder, which includes all earlier optimizations. */
interface Rung {
  readonly name: string;
  readonly simd: 128 | 256;
  readonly fast: boolean;
  readonly sparse: boolean;
  readonly threaded: boolean;
}

const first = { simd: 128, fast: false, sparse: false, threaded: false } as const;
const rungs: readonly Rung[] = [
  { ...first, name: "loops of the reference" },
  { ...first, name: "tiles of 128-bit instructions", fast: true },
  { ...first, name: "256-bit instructions", fast: true, simd: 256 },
  { ...first, name: "lists of non-zeros", fast: true, simd: 256, sparse: true },
  { ...first, name: "threads", fast: true, simd: 256, sparse: true, threaded: true },
];

const networks: Readonly<Record<string, Network>> = { mlp: mlp(128), lenet5 };
const IMAGES = 6000;
/** Number of compared training steps. After them, the weights must be the same with every optimization. */
const COMPARED_STEPS = 2;

interface Measured {
  readonly imagesPerSecond: number;
  /** Digest of the weights after the compared steps. */
  readonly digest: string;
}

const { values: options, positionals } = readOptions();
const network = networks[options.network] ?? leave(`There is no network "${options.network}".`);
const rounds = whole("rounds");
const seconds = whole("seconds");
const threads = whole("threads");

if (positionals[0] !== undefined) {
  process.stdout.write(JSON.stringify(await measure(rungs[Number(positionals[0])]!, positionals[1]!)));
} else {
  await ensureKernelsCompiled();
  climb();
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true, // of this program's own processes
      options: {
        network: { type: "string", default: "mlp" },
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "1" },
        threads: { type: "string", default: `${availableParallelism()}` },
      },
    });
  } catch (error) {
    return leave(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: "rounds" | "seconds" | "threads"): number {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  return leave(`--${name} must be a whole number from 1, got "${options[name]}".`);
}

function leave(message: string): never {
  console.error(message);
  console.error(
    "Usage: pnpm run bench:ladder [--network mlp|lenet5] [--rounds 5] [--seconds 1] [--threads N]",
  );
  process.exit(2);
}

/** The measurements alternate, so that a slow minute of the machine affects all of them. */
function climb(): void {
  const scratch = mkdtempSync(path.join(tmpdir(), "nn-ladder-"));
  const folder = writeImages(scratch, IMAGES);
  const speeds = new Measurements();
  const setting = `${network.title}, batch ${network.batchSize}`;
  const digests = new Set<string>();
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const [index, rung] of rungs.entries()) {
        process.stderr.write(`round ${round} of ${rounds}: ${rung.name}\n`);
        const { imagesPerSecond, digest } = child(rung, index, folder);
        const name = rung.threaded ? `${threads} ${rung.name}` : rung.name;
        speeds.add({ setting, name, unit: "images/s" }, imagesPerSecond);
        digests.add(digest);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }

  const rows = speeds.record();
  console.log(`${setting}: training images/s, median of ${rounds} rounds\n`);
  printTable(
    ["each rung has those above it", "median", "lowest", "highest", "step", "in all"],
    rows.map((row, index) => {
      const gains = [rows[index - 1] ?? row, rows[0]!].map((from) => row.median / from.median);
      return [row.name, formatFigures(row), gains.map((gain) => `${gain.toFixed(gain < 100 ? 2 : 0)} x`)];
    }),
  );
  if (digests.size > 1) throw new Error(`the rungs gave ${digests.size} different sets of weights`);
  console.log(`\nAll rungs gave the same weights, to the bit, after ${COMPARED_STEPS} steps.`);
}

function child({ simd }: Rung, index: number, folder: string): Measured {
  const own = ["--network", options.network, "--seconds", options.seconds, "--threads", options.threads];
  const args = [...getNodeFlags(simd), import.meta.filename, `${index}`, folder, ...own];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const measured: Measured = JSON.parse(stdout);
  return measured;
}

async function measure({ fast, sparse, threaded }: Rung, folder: string): Promise<Measured> {
  const kernels = createWasmBackend();
  // Without the search for non-zeros, every product is dense.
  if (!sparse) kernels.createSparsityPattern = () => ({ find() {} });
  const pool = threaded ? await kernels.startThreads(threads) : undefined;
  const { weights, step } = prepare(fast ? kernels : createReferenceBackend("float32"), folder);

  for (let i = 0; i < COMPARED_STEPS; i++) step();
  const hash = createHash("sha256");
  for (const { data } of weights) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));

  // The first half of the time warms up compilers, caches and memory.
  run(step, seconds / 2);
  const imagesPerSecond = run(step, seconds) * network.batchSize;
  await pool?.end();
  return { imagesPerSecond, digest: hash.digest("hex") };
}

/** Steps per second, measured over at least one step. */
function run(step: () => void, seconds: number): number {
  const start = performance.now();
  let steps = 0;
  do {
    step();
    steps++;
  } while (performance.now() - start < seconds * 1000);
  return (1000 * steps) / (performance.now() - start);
}

/** Builds the network and its optimizer. Returns a function that trains it on the next batch. */
function prepare(backend: Backend, folder: string) {
  const { batchSize, optimizer: choice } = network;
  if (choice.type !== "sgd") throw new Error("the ladder trains with sgd");
  const source = { find: (type: string) => layers.get(type)!, complete: completeOptions };
  const plan = planModel(
    network.layers.map((layer) => resolveLayer({ ...layer }, source)),
    [28, 28, 1],
  );
  const initializer = { definition: initializers.get("he")!, options: { distribution: "normal" } };
  const model = plan.build({ backend, batchSize, rng: createRng(1), initializer });
  const lossOf = losses.get("cross-entropy")!;
  const loss = lossOf.build({ labelSmoothing: 0 }, { backend, batchSize, outputShape: plan.outputShape });
  const optimizer = optimizers
    .get("sgd")!
    .build({ ...choice, nesterov: false, weightDecay: 0 }, { backend, ...model });

  const pixels = backend.allocateBytes(IMAGES * 784);
  pixels.set(readFileSync(path.join(folder, "train-images-idx3-ubyte")).subarray(16));
  const allLabels = readFileSync(path.join(folder, "train-labels-idx1-ubyte")).subarray(8);
  const x = backend.allocate([batchSize, 28, 28, 1]);
  const indices = backend.allocateIntegers(batchSize);
  const labels = backend.allocateIntegers(batchSize);
  const pass = { training: true, step: 0 };
  let next = 0;

  const step = (): void => {
    for (let i = 0; i < batchSize; i++) {
      indices[i] = next;
      labels[i] = allLabels[next]!;
      next = (next + 1) % IMAGES;
    }
    backend.gather(pixels, 784, indices, 1 / 255, x);
    loss.forward(model.forward(x, pass), labels);
    model.backward(loss.backward(), pass);
    optimizer.step(1);
  };
  return { weights: model.parameters.map(({ value }) => value), step };
}
