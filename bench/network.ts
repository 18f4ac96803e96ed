/** A network to train, written once: ours and its peers all build it from this list of layers. */
export interface Network {
  readonly title: string;
  /** As in an experiment file. */
  readonly layers: readonly Layer[];
  readonly batchSize: number;
  /** Of SGD with momentum 0.9. */
  readonly learningRate: number;
  /** Images of an epoch, the first of MNIST's training set, unless a contender is given fewer. */
  readonly images: number;
  readonly peers: readonly Contender[];
}

export type Layer =
  | { readonly type: "flatten" | "relu" | "batch-norm" }
  | { readonly type: "dense"; readonly units: number }
  | {
      readonly type: "conv2d";
      readonly filters: number;
      readonly kernelSize: number;
      readonly padding?: "same";
    }
  | { readonly type: "max-pool2d"; readonly poolSize: number };

/** What a program of peers/ is told, as JSON: its only argument. */
export interface PeerInput {
  /** With the four files of a data set; an epoch is its whole training set, shuffled. */
  readonly folder: string;
  readonly layers: readonly Layer[];
  readonly batchSize: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly threads: number;
  /** Of TensorFlow.js: cpu or wasm. */
  readonly backend?: string;
}

/** What one epoch of training was. */
export interface EpochResult {
  readonly imagesPerSecond: number;
  /** The mean over the epoch's batches, each before its step. */
  readonly loss: number;
}

export interface Contender {
  readonly name: string;
  /** Where it is too slow for the network's own number: images of an epoch and epochs. */
  readonly images?: number;
  readonly epochs?: number;
  train(work: PeerInput): EpochResult[];
}
