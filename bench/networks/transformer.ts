import { pytorch } from "../contenders.ts";
import type { Layer, Network } from "../network.ts";

const block: Layer = { type: "transformer-encoder", heads: 4, hiddenUnits: 128 };

/** The network and the optimizer of experiments/transformer.yaml, without its augmentation. */
export const transformer: Network = {
  title: "vision transformer",
  layers: [
    { type: "patch-embedding", patchSize: 7, units: 64 },
    { type: "position-embedding" },
    block,
    block,
    { type: "layer-norm" },
    { type: "global-average-pool1d" },
    { type: "dense", units: 10 },
  ],
  batchSize: 100,
  optimizer: { type: "adamw", learningRate: 0.002, weightDecay: 0.05 },
  images: 6400,
  peers: [pytorch(1), pytorch(2)],
};
