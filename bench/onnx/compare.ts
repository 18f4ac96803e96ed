// Compares exported networks with ONNX Runtime: small networks for every layer of the catalog, networks of
// random
// layers, and the trained networks of runs on their test images. Fails if an output differs by more than 1e-4
// of
// the largest output (at least 1), or if a prediction for a test image differs.
//
//   pnpm run bench:onnx                                  every layer of the catalog
//   pnpm run bench:onnx results/quickstart results/cnn   and the best network of each of these runs
//   pnpm run bench:onnx --random 1000 --seed 2           more networks of random layers (default: 200, seed 1)
//   pnpm run bench:onnx --write-golden                   also writes packages/formats/golden/, if all agree
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import {
  formatGraph,
  layerNetworks,
  createRandomNetwork,
  createRandomNetworks,
  type LayerNetwork,
} from "@nn/formats/testing";
import { encodeOnnx, createOnnxModel } from "@nn/formats";
import { createReferenceBackend, createRng, countElements, type Backend } from "@nn/tensor";
import { createTrainingRuntime, EVALUATION_BATCH_SIZE, loadNetwork, type SavedNetwork } from "@nn/training";
import { InferenceSession, Tensor } from "onnxruntime-node";

import { findNetwork } from "../../packages/cli/src/commands/find-network.ts";

const TOLERANCE = 1e-4;
const { values, positionals } = parseArgs({
  options: {
    random: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    "write-golden": { type: "boolean", default: false },
  },
  allowPositionals: true,
});

/** The largest differences between our outputs and those of ONNX Runtime. */
interface Difference {
  /** Of logits, relative to the largest logit, or to 1 if all are smaller. */
  readonly logits: number;
  readonly probabilities: number;
  /** Number of images with a different predicted class. */
  readonly predictions: number;
}

/** Runs `images` (count, H, W, C) through both. */
async function compare(
  network: SavedNetwork,
  images: Uint8Array,
  setting: { readonly backend: Backend; readonly experimentFolder: string },
): Promise<Difference> {
  const { classes, inputShape, normalization } = network;
  const { mean, deviation } = normalization ?? { mean: 0, deviation: 255 };
  const { model } = await loadNetwork(network, setting);
  const session = await InferenceSession.create(encodeOnnx(network));
  const size = countElements(inputShape);
  const count = images.length / size;
  let [gap, scale, probabilityGap, predictions] = [0, 1, 0, 0];
  for (let start = 0; start < count; start += EVALUATION_BATCH_SIZE) {
    const bytes = images.subarray(start * size, (start + EVALUATION_BATCH_SIZE) * size);
    const shape = [bytes.length / size, ...inputShape];
    const x = setting.backend.allocate(shape);
    for (const [i, byte] of bytes.entries()) x.data[i] = (byte - mean) / deviation;
    const ours = Float64Array.from(model.forward(x, { training: false, step: 0 }).data);
    const feeds = { image: new Tensor("float32", Float32Array.from(bytes), shape) };
    const { logits, probabilities } = await session.run(feeds);
    const theirs = numbersOf(logits?.data);
    const shares = numbersOf(probabilities?.data);
    for (let n = 0; n < shape[0]!; n++) {
      const [own, other] = [ours, theirs].map((all) => all.subarray(n * classes, (n + 1) * classes));
      const sum = own!.reduce((total, each) => total + Math.exp(each - Math.max(...own!)), 0);
      for (let c = 0; c < classes; c++) {
        gap = Math.max(gap, Math.abs(own![c]! - other![c]!));
        scale = Math.max(scale, Math.abs(own![c]!));
        const probability =
          network.spec.loss.type === "binary-cross-entropy"
            ? 1 / (1 + Math.exp(-own![c]!))
            : Math.exp(own![c]! - Math.max(...own!)) / sum;
        probabilityGap = Math.max(probabilityGap, Math.abs(probability - shares[n * classes + c]!));
        // `Math.max` would not keep NaN in every case.
        if (!Number.isFinite(other![c]!)) gap = Number.POSITIVE_INFINITY;
      }
      if (own!.indexOf(Math.max(...own!)) !== other!.indexOf(Math.max(...other!))) predictions++;
    }
  }
  await session.release();
  return { logits: gap / scale, probabilities: probabilityGap, predictions };
}

function numbersOf(data: unknown): Float64Array {
  if (!(data instanceof Float32Array)) throw new Error("expected an output of float32");
  return Float64Array.from(data);
}

let failures = 0;
/**
 * Prints a line, and counts it as a failure if the difference is too large. `images`: the number of test
 * images,
 * whose predictions must be the same. Predictions of networks with random weights are not compared, because
 * saturated outputs can be equal up to the last bit.
 */
function report(name: string, { logits, probabilities, predictions }: Difference, images?: number): void {
  const isTooLarge = !(logits <= TOLERANCE && probabilities <= TOLERANCE);
  const isFailure = isTooLarge || (images !== undefined && predictions > 0);
  if (isFailure) failures++;
  console.log(
    `${name.padEnd(28)} logits ${logits.toExponential(1)}  probabilities ${probabilities.toExponential(1)}` +
      (images === undefined ? "" : `  ${predictions} of ${images} predictions differ`) +
      (isFailure ? "  FAILED" : ""),
  );
}

/** Compares a network with random weights on three random images. */
async function compareRandom(each: LayerNetwork): Promise<SavedNetwork> {
  const network = createRandomNetwork(each);
  const rng = createRng(3).fork(each.name);
  const images = Uint8Array.from({ length: 3 * countElements(each.inputShape) }, () =>
    Math.floor(256 * rng.uniform()),
  );
  const backend = createReferenceBackend("float32");
  report(each.name, await compare(network, images, { backend, experimentFolder: "." }));
  return network;
}

const golden: string[] = [];
for (const each of layerNetworks) {
  const network = await compareRandom(each);
  const digest = createHash("sha256").update(encodeOnnx(network)).digest("hex");
  golden.push(`# ${each.name}: sha256 ${digest}\n${formatGraph(createOnnxModel(network).graph)}`);
}
for (const each of createRandomNetworks(Number(values.random), Number(values.seed)))
  await compareRandom(each);

// The parts of the graph that do not depend on the layers.
const [dense] = layerNetworks.filter(({ name }) => name === "dense 1").map(createRandomNetwork);
if (dense === undefined) throw new Error("expected a network of a dense layer");
const binary = {
  ...dense,
  spec: { ...dense.spec, loss: { type: "binary-cross-entropy", labelSmoothing: 0 } },
};
for (const [name, network] of [
  ["binary-cross-entropy", binary],
  ["pixels of 0 … 1", { ...dense, normalization: undefined }],
] as const) {
  const images = Uint8Array.from(
    { length: 256 * countElements(network.inputShape) },
    (_, i) => (i * 37) % 256,
  );
  const backend = createReferenceBackend("float32");
  report(name, await compare(network, images, { backend, experimentFolder: "." }));
}

for (const where of positionals) {
  const runtime = await createTrainingRuntime(1, () => {});
  const { network, experimentFolder } = findNetwork(where);
  const dataFolder = path.join(import.meta.dirname, "../../data");
  const { test } = await runtime.useDataset(network.spec.dataset, { dataFolder, experimentFolder });
  const images = Uint8Array.from(test.images.subarray(0, test.count * countElements(network.inputShape)));
  const { backend } = runtime;
  report(where, await compare(network, images, { backend, experimentFolder }), test.count);
}

if (failures > 0) {
  console.error(`${failures} networks differ from ONNX Runtime by more than ${TOLERANCE}.`);
  process.exitCode = 1;
} else if (values["write-golden"]) {
  const file = path.join(import.meta.dirname, "../../packages/formats/golden/graphs.txt");
  writeFileSync(file, golden.join("\n"));
  console.log(`Wrote ${file}`);
}
