import type { PeerName } from "./peers.ts";

/** A network to train, defined once: ours and its peers all build it from this list of layers. */
export interface Network {
  readonly title: string;
  /** As in an experiment file. */
  readonly layers: readonly Layer[];
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  /** The gradient of all parameters together is scaled down to this norm. */
  readonly clipNorm?: number;
  /** Images of an epoch, the first of MNIST's training set, unless a contender is given fewer. */
  readonly images: number;
  readonly peers: readonly Contender[];
}

/** As in an experiment file. */
export type Optimizer =
  | { readonly type: "sgd"; readonly learningRate: number; readonly momentum: number }
  | { readonly type: "adam"; readonly learningRate: number }
  | { readonly type: "adamw"; readonly learningRate: number; readonly weightDecay: number };

/** As in an experiment file. */
export type Layer =
  | {
      readonly type:
        | "flatten"
        | "relu"
        | "batch-norm"
        | "layer-norm"
        | "position-embedding"
        | "global-average-pool1d";
    }
  | { readonly type: "dense" | "lstm"; readonly units: number }
  | {
      readonly type: "conv2d";
      readonly filters: number;
      readonly kernelSize: number;
      readonly padding?: "same";
    }
  | { readonly type: "max-pool2d"; readonly poolSize: number }
  | { readonly type: "reshape"; readonly shape: readonly number[] }
  | { readonly type: "patch-embedding"; readonly patchSize: number; readonly units: number }
  | { readonly type: "transformer-encoder"; readonly heads: number; readonly hiddenUnits: number };

/** What a program of peers/ is told, as JSON: its only argument. */
export interface PeerInput extends Pick<Network, "layers" | "batchSize" | "optimizer" | "clipNorm"> {
  /** With the four files of a data set; an epoch is its whole training set, shuffled. */
  readonly folder: string;
  readonly epochs: number;
  readonly threads: number;
  /** The backend of TensorFlow.js: cpu or wasm. */
  readonly backend?: string;
}

/** Speed and loss of one epoch. */
export interface EpochResult {
  readonly imagesPerSecond: number;
  /** The mean loss over the epoch's batches, each computed before its step. */
  readonly loss: number;
}

export interface Contender {
  readonly name: string;
  /** The library that it needs; the product needs none. */
  readonly peer?: PeerName;
  /** Where it is too slow for the network's own number: images of an epoch and epochs. */
  readonly images?: number;
  readonly epochs?: number;
  train(work: PeerInput): EpochResult[];
}
