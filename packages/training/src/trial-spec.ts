/** A block that names a catalog entry: `type`, and the entry's own options complete with their defaults. */
export interface Choice {
  readonly type: string;
  readonly [option: string]: unknown;
}

/**
 * What one trial trains: the experiment file with everything resolved, defaults filled in, swept values put
 * in place.
 */
export interface TrialSpec {
  readonly dataset: Choice & {
    /**
     * Images held out of the training set, or "test": the original project's way, which chooses nothing. 0:
     * none.
     */
    readonly validation: number | "test";
    /**
     * Whether pixels have mean 0 and standard deviation 1 over the images that are trained on; else they go
     * from 0 to 1.
     */
    readonly normalize: boolean;
  };
  /** What is done to the training images, in this order. */
  readonly augment?: readonly Choice[];
  readonly model: { readonly initializer: Choice; readonly layers: readonly Choice[] };
  readonly loss: Choice;
  readonly optimizer: Choice;
  readonly schedule: Choice;
  readonly training: TrainingSpec;
  /** More than one view of each image that is measured; the image itself alone where it is not there. */
  readonly evaluation?: EvaluationSpec;
}

/** Test-time augmentation: the output for an image is the mean of the outputs for its views. */
export interface EvaluationSpec {
  /** How many, the image itself among them. */
  readonly views: number;
  /** What is done to make the others, in this order. */
  readonly augment: readonly Choice[];
}

/** How long is trained, in which portions, and what is done beside. What is not there does not happen. */
export interface TrainingSpec {
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Batches to a step; 1 where it is not there. */
  readonly accumulate?: number;
  readonly clipValue?: number;
  readonly clipNorm?: number;
  /** Whether weight decay acts on parameters with a single axis; true where it is not there. */
  readonly decayBias?: boolean;
  readonly lookahead?: { readonly steps: number; readonly alpha: number };
  /** The weights that are evaluated and saved instead of those that are trained. */
  readonly average?: Choice;
  readonly earlyStopping?: {
    readonly metric: "loss" | "accuracy";
    readonly patience: number;
    readonly minDelta: number;
  };
}

/** A swept value as YAML can write it. */
export type SweptValue = number | string | boolean | null | Choice;

/** One training of a sweep: a configuration with the seed of one of its repeats. */
export interface Trial {
  /** 1, 2, …: its place in results.csv and its folder below `trials/`. */
  readonly number: number;
  /** The experiment's seed for the first repeat, then seed + 1, … */
  readonly seed: number;
  /** Which combination of swept values this is, from 0; its repeats share it. */
  readonly configuration: number;
  /** Swept path → value, in the order of the file. Empty without a sweep. */
  readonly parameters: Readonly<Record<string, SweptValue>>;
  readonly spec: TrialSpec;
  /** The trial whose network it continues, once that has ended; else it begins with weights of its own. */
  readonly parent?: number;
  /**
   * After which epoch, those of its parents counted, it is complete; else after the last that its spec has.
   */
  readonly until?: number;
}
