// Trains 784-H-10 in TensorFlow.js and prints one JSON line an epoch: {"imagesPerSecond": …, "loss": …}.
// It is slow enough that an epoch here is the first IMAGES images. Usage: tensorflow.ts FOLDER HIDDEN BATCH EPOCHS BACKEND IMAGES
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gunzipSync } from "node:zlib";

import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

const [folder = "", hidden, batchSize, epochs, backend = "wasm", count] = process.argv.slice(2);
const require = createRequire(import.meta.url);
setWasmPaths(`${path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
await tf.setBackend(backend);
await tf.ready();

function read(stem: string): Uint8Array {
  const file = readdirSync(folder).find((name) => name.startsWith(stem))!;
  const raw = readFileSync(path.join(folder, file));
  const bytes = raw[0] === 0x1f ? gunzipSync(raw) : raw;
  return bytes.subarray(4 + 4 * bytes[3]!);
}

const images = Number(count);
const pixels = Float32Array.from(read("train-images").subarray(0, images * 784), (pixel) => pixel / 255);
const x = tf.tensor2d(pixels, [images, 784]);
const y = tf.oneHot(tf.tensor1d(Int32Array.from(read("train-labels").subarray(0, images)), "int32"), 10);

const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: Number(hidden), activation: "relu", inputShape: [784] }),
    tf.layers.dense({ units: 10, activation: "softmax" }),
  ],
});
model.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss: "categoricalCrossentropy" });

for (let epoch = 0; epoch < Number(epochs); epoch++) {
  const start = performance.now();
  const history = await model.fit(x, y, {
    batchSize: Number(batchSize),
    epochs: 1,
    shuffle: true,
  });
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ imagesPerSecond: images / seconds, loss: history.history["loss"]![0] }));
}
