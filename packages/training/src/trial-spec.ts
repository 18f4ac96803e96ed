/** A block that names a catalog entry: its `type` and its options, including defaults. */
export interface PartSpec {
  readonly type: string;
  readonly [option: string]: unknown;
}

/**
 * The specification of one trial: the experiment file with references, defaults and swept values resolved.
 */
export interface TrialSpec {
  readonly dataset: PartSpec & {
    /** Number of training images that are held out. "test" validates on the test set instead. */
    readonly validation: number | "test";
    /**
     * Whether pixels are normalized to mean 0 and standard deviation 1 over the training images. Otherwise,
     * they are scaled to 0 … 1.
     */
    readonly normalize: boolean;
  };
  /** Augmentations of the training images, in this order. */
  readonly augment?: readonly PartSpec[];
  readonly model: { readonly initializer: PartSpec; readonly layers: readonly PartSpec[] };
  readonly loss: PartSpec;
  readonly optimizer: PartSpec;
  readonly schedule: PartSpec;
  readonly training: TrainingSpec;
  /** Test-time augmentation. If absent, only the images themselves are evaluated. */
  readonly evaluation?: EvaluationSpec;
}

/** Test-time augmentation: the output for an image is the mean of the outputs for its views. */
export interface EvaluationSpec {
  /** Number of views, including the image itself. */
  readonly views: number;
  /** Augmentations that create the other views, applied in this order. */
  readonly augment: readonly PartSpec[];
}

/** Options of the training loop. An absent option without a default is off. */
export interface TrainingSpec {
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Number of batches per step; 1 by default. */
  readonly accumulate?: number;
  readonly clipValue?: number;
  readonly clipNorm?: number;
  /** Whether weight decay acts on parameters with a single axis; true by default. */
  readonly decayBias?: boolean;
  readonly lookahead?: { readonly steps: number; readonly alpha: number };
  /** The average of the weights that is evaluated and saved instead of the trained weights. */
  readonly average?: PartSpec;
  readonly earlyStopping?: {
    readonly metric: "loss" | "accuracy";
    readonly patience: number;
    readonly minDelta: number;
  };
}

/** A swept value, as in YAML. */
export type SweptValue = number | string | boolean | null | PartSpec;

/** A trial: one configuration of a sweep, with the seed of one of its repeats. */
export interface Trial {
  /** 1, 2, …: its number in results.csv and its folder below `trials/`. */
  readonly number: number;
  /** The experiment's seed for the first repeat, then seed + 1, … */
  readonly seed: number;
  /** Index of the combination of swept values, from 0. Its repeats have the same index. */
  readonly configuration: number;
  /** Maps each swept path to its value, in the order of the experiment file. Empty without a sweep. */
  readonly parameters: Readonly<Record<string, SweptValue>>;
  readonly spec: TrialSpec;
  /**
   * Number of the ended trial whose network this trial continues. If absent, the trial starts with newly
   * initialized weights.
   */
  readonly parent?: number;
  /**
   * The last epoch of the trial, counted from the first epoch of its parents. Default: `training.epochs` of
   * its spec.
   */
  readonly until?: number;
}
