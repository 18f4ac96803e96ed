// Trains a network in TensorFlow.js and prints one JSON line per epoch: {"imagesPerSecond": …, "loss": …}.
// Usage: tensorflow.ts WORK, as network.ts describes it.
import { createRequire } from "node:module";
import path from "node:path";

import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

import type { Layer, PeerInput } from "../network.ts";
import { readTrainingSet } from "./idx.ts";

const work: PeerInput = JSON.parse(process.argv[2] ?? "");
const require = createRequire(import.meta.url);
setWasmPaths(`${path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
await tf.setBackend(work.backend ?? "cpu");
await tf.ready();

const { pixels, labels } = readTrainingSet(work.folder);
const images = labels.length;
const x = tf.tensor4d(pixels, [images, 28, 28, 1]);
const y = tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), 10);

/** A relu after a product becomes the activation of that layer, which TensorFlow.js fuses. */
function create(layer: Layer, i: number): tf.layers.Layer[] {
  const activation = work.layers[i + 1]?.type === "relu" ? "relu" : "linear";
  switch (layer.type) {
    case "flatten":
      return [tf.layers.flatten()];
    case "dense":
      return [tf.layers.dense({ units: layer.units, activation })];
    case "conv2d":
      return [
        tf.layers.conv2d({
          filters: layer.filters,
          kernelSize: layer.kernelSize,
          padding: layer.padding ?? "valid",
          activation,
        }),
      ];
    case "max-pool2d":
      return [tf.layers.maxPooling2d({ poolSize: layer.poolSize })];
    case "batch-norm":
      return [tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 })];
    case "relu": {
      const before = work.layers[i - 1]?.type;
      return before === "dense" || before === "conv2d" ? [] : [tf.layers.reLU()];
    }
    default:
      throw new Error(`tensorflow.ts has no layer "${layer.type}"`);
  }
}

const model = tf.sequential({
  layers: [
    tf.layers.inputLayer({ inputShape: [28, 28, 1] }),
    ...work.layers.flatMap(create),
    tf.layers.softmax(),
  ],
});
const { optimizer } = work;
if (optimizer.type !== "sgd") throw new Error(`tensorflow.ts has no optimizer "${optimizer.type}"`);
model.compile({
  optimizer: tf.train.momentum(optimizer.learningRate, optimizer.momentum),
  loss: "categoricalCrossentropy",
});

for (let epoch = 0; epoch < work.epochs; epoch++) {
  const start = performance.now();
  const history = await model.fit(x, y, { batchSize: work.batchSize, epochs: 1, shuffle: true });
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ imagesPerSecond: images / seconds, loss: history.history["loss"]![0] }));
}
