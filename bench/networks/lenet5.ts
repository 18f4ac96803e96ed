import { pytorch, tensorflow } from "../contenders.ts";
import type { Network } from "../network.ts";

/** The network of experiments/lenet5.yaml: LeCun, Bottou, Bengio & Haffner 1998, with relu and max-pool. */
export const lenet5: Network = {
  title: "LeNet-5",
  layers: [
    { type: "conv2d", filters: 6, kernelSize: 5, padding: "same" },
    { type: "relu" },
    { type: "max-pool2d", poolSize: 2 },
    { type: "conv2d", filters: 16, kernelSize: 5 },
    { type: "relu" },
    { type: "max-pool2d", poolSize: 2 },
    { type: "flatten" },
    { type: "dense", units: 120 },
    { type: "relu" },
    { type: "dense", units: 84 },
    { type: "relu" },
    { type: "dense", units: 10 },
  ],
  batchSize: 64,
  optimizer: { type: "sgd", learningRate: 0.02, momentum: 0.9 },
  images: 12_800,
  // TensorFlow.js's wasm backend has no Conv2DBackpropFilter: it cannot train a convolution.
  peers: [pytorch(1), pytorch(2), tensorflow("cpu", { images: 64, epochs: 3 })],
};
