import { jax, numpy, pytorch, tensorflow } from "../contenders.ts";
import type { Network } from "../network.ts";

/** 784-H-10. */
export function mlp(hidden: number): Network {
  return {
    title: `784-${hidden}-10`,
    layers: [
      { type: "flatten" },
      { type: "dense", units: hidden },
      { type: "relu" },
      { type: "dense", units: 10 },
    ],
    batchSize: 100,
    optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 },
    images: 60_000,
    peers: [
      pytorch(1),
      pytorch(2),
      numpy(),
      jax({ images: 12_000, epochs: 4 }),
      tensorflow("wasm", { images: 5000, epochs: 3 }),
      tensorflow("cpu", { images: 2000, epochs: 3 }),
    ],
  };
}
