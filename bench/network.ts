/** A network to train. All compared libraries build it from this list of layers. */
export interface Network {
  readonly title: string;
  /** As in an experiment file. */
  readonly layers: readonly Layer[];
  readonly batchSize: number;
  /** Learning rate of SGD with momentum 0.9. */
  readonly learningRate: number;
  /** Number of training images per epoch, unless a slow library gets fewer: the first ones of MNIST. */
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

/** The only argument of a program in peers/, as JSON. */
export interface PeerInput {
  /** The folder with the four files of a data set. An epoch is its whole training set, shuffled. */
  readonly folder: string;
  readonly layers: readonly Layer[];
  readonly batchSize: number;
  readonly learningRate: number;
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
  /** Smaller numbers of images and epochs, for a library that is too slow for the usual ones. */
  readonly images?: number;
  readonly epochs?: number;
  train(work: PeerInput): EpochResult[];
}
