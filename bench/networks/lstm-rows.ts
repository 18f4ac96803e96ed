import { pytorch } from "../contenders.ts";
import type { Network } from "../network.ts";

/** The network and the optimizer of experiments/lstm-rows.yaml: an LSTM reads 28 rows of 28 pixels. */
export const lstmRows: Network = {
  title: "LSTM on rows",
  layers: [
    { type: "reshape", shape: [28, 28] },
    { type: "lstm", units: 128 },
    { type: "dense", units: 10 },
  ],
  batchSize: 100,
  optimizer: { type: "adam", learningRate: 0.002 },
  clipNorm: 1,
  images: 12_800,
  peers: [pytorch(1), pytorch(2)],
};
