// Trains a perceptron in jax-js and prints one JSON line an epoch: {"imagesPerSecond": …, "loss": …}.
//
// The images are float32 numbers in memory, scaled beforehand. A whole step, forward, backward and SGD with
// momentum, is one compiled function: that is ten times as fast as operations one by one. In Node, jax-js has
// one thread. Usage: jax.ts WORK, as network.ts describes it.
import { defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";

import type { PeerInput } from "../network.ts";
import { readTrainingSet } from "./idx.ts";

const work: PeerInput = JSON.parse(process.argv[2] ?? "");
const { optimizer, batchSize } = work;
if (optimizer.type !== "sgd") throw new Error(`jax.ts has no optimizer "${optimizer.type}"`);
const { learningRate, momentum } = optimizer;
await init("wasm");
defaultDevice("wasm");

const { pixels, labels } = readTrainingSet(work.folder);
const N = labels.length;
const D = pixels.length / N;

/** W (D, units) and b (units) of each dense layer. A type alias, as jax-js requires of its trees. */
type Parameters = { w: np.Array; b: np.Array }[];

const sizes = [D, ...work.layers.flatMap((layer) => (layer.type === "dense" ? [layer.units] : []))];
const keys = random.split(random.key(1), sizes.length - 1);
let parameters: Parameters = sizes.slice(1).map((units, i) => ({
  w: random.normal(keys.ref.slice(i), [sizes[i]!, units]).mul(Math.sqrt(2 / sizes[i]!)),
  b: np.zeros([units]),
}));
let velocities: Parameters = sizes.slice(1).map((units, i) => ({
  w: np.zeros([sizes[i]!, units]),
  b: np.zeros([units]),
}));

// An array is freed where it is used, unless it is used as `.ref`.
function meanLoss(parameters: Parameters, x: np.Array, y: np.Array): np.Array {
  const batch = x.shape[0]!;
  parameters.forEach(({ w, b }, i) => {
    const z = np.dot(x, w).add(b);
    x = i < parameters.length - 1 ? nn.relu(z) : z;
  });
  const chosen = nn.logSoftmax(x).mul(nn.oneHot(y, 10));
  return chosen.sum().mul(-1 / batch);
}

const step = jit((parameters: Parameters, velocities: Parameters, x: np.Array, y: np.Array) => {
  const [loss, gradients] = valueAndGrad(meanLoss)(tree.ref(parameters), x, y);
  const velocity = (before: np.Array, gradient: np.Array): np.Array => before.mul(momentum).add(gradient);
  const moved = (before: np.Array, velocity: np.Array): np.Array =>
    before.sub(velocity.ref.mul(learningRate));
  const after: Parameters = velocities.map(({ w, b }, i) => ({
    w: velocity(w, gradients[i]!.w),
    b: velocity(b, gradients[i]!.b),
  }));
  const updated: Parameters = parameters.map(({ w, b }, i) => ({
    w: moved(w, after[i]!.w),
    b: moved(b, after[i]!.b),
  }));
  return { parameters: updated, velocities: after, loss };
});

function shuffled(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

for (let epoch = 0; epoch < work.epochs; epoch++) {
  const start = performance.now();
  const order = shuffled(N);
  let total = 0;
  for (let i = 0; i < N; i += batchSize) {
    const indices = order.subarray(i, i + batchSize);
    const x = new Float32Array(indices.length * D);
    indices.forEach((index, row) => x.set(pixels.subarray(index * D, (index + 1) * D), row * D));
    const y = np.array(
      Int32Array.from(indices, (index) => labels[index]!),
      { dtype: np.int32 },
    );
    const after = step(parameters, velocities, np.array(x).reshape([indices.length, D]), y);
    ({ parameters, velocities } = after);
    total += (await after.loss.data())[0]! * indices.length;
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ imagesPerSecond: N / seconds, loss: total / N }));
}
