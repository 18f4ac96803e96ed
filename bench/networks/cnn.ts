import { pytorch } from "../contenders.ts";
import type { Layer, Network } from "../network.ts";

const block = (filters: number): Layer[] => [
  { type: "conv2d", filters, kernelSize: 3, padding: "same" },
  { type: "batch-norm" },
  { type: "relu" },
];

/**
 * Four convolutions of 3 × 3, each with batch normalization: 111 million operations per image, forward and
 * backward.
 */
export const cnn: Network = {
  title: "CNN 32-32-64-64-128",
  layers: [
    ...block(32),
    ...block(32),
    { type: "max-pool2d", poolSize: 2 },
    ...block(64),
    ...block(64),
    { type: "max-pool2d", poolSize: 2 },
    { type: "flatten" },
    { type: "dense", units: 128 },
    { type: "relu" },
    { type: "dense", units: 10 },
  ],
  batchSize: 64,
  optimizer: { type: "sgd", learningRate: 0.01, momentum: 0.9 },
  images: 1280,
  // TensorFlow.js's cpu backend would take an hour for one epoch of this.
  peers: [pytorch(1), pytorch(2)],
};
