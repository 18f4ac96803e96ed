import type { LayerSummary } from "@nn/layers";
import type { Metrics } from "@nn/results";
import type { Shape } from "@nn/tensor";
import type { TrialSpec } from "@nn/training";

/** The content of the model card of a trained network. */
export interface ModelCardInput {
  /** Name and description of the experiment. */
  readonly name: string;
  readonly description?: string | undefined;
  /** The run as an argument of commands, such as "quickstart" or "results/quickstart/latest". */
  readonly run: string;
  /** The trial whose network the card describes. */
  readonly trial: number;
  readonly seed: number;
  /** The spec of the trial, with all defaults. */
  readonly spec: TrialSpec;
  /** Number of completed epochs, and the epoch whose weights are kept, if it is not the last. */
  readonly epochs: number;
  readonly bestEpoch?: number | undefined;
  /** The selection of the trial. Absent if the run has no sweep. */
  readonly selection?: ModelSelection | undefined;
  readonly data: ModelCardData;
  readonly network: ModelCardNetwork;
  /** The metrics of the described network. */
  readonly metrics: SplitMetrics;
  /** The metrics of all completed repeats of its configuration, including this one, ordered by seed. */
  readonly repeats: readonly (SplitMetrics & { readonly seed: number })[];
  /** An SPDX identifier, such as "mit". Omitted if unknown. */
  readonly license?: string | undefined;
  /** Version of this program, and the commit, if known. */
  readonly version?: string | undefined;
  readonly commit?: string | undefined;
}

/** Metrics on the validation images, if some were held out, and on the test images. */
export interface SplitMetrics {
  readonly validation?: Metrics | undefined;
  readonly test?: Metrics | undefined;
}

/** The choice of a trial among the configurations of a sweep. */
export interface ModelSelection {
  /** Number of configurations that were compared. */
  readonly configurations: number;
  /** The metric of the comparison, such as "validation.accuracy". */
  readonly metric: string;
  /** The swept values of the chosen configuration by path, as text. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The images on which the network was trained and evaluated. */
export interface ModelCardData {
  /** The display name of the data set, such as "MNIST". Default: its type. */
  readonly title?: string | undefined;
  readonly trainingImages: number;
  readonly validationImages: number;
  readonly testImages: number;
  /** The shape of one image: (H, W, C). */
  readonly inputShape: Shape;
  readonly classes: number;
  /** The names of the classes by label, if they have names. */
  readonly classNames?: readonly string[] | undefined;
  /** SHA-256 of the content of the data set, in hexadecimal. */
  readonly sha256?: string | undefined;
}

/** The layers of the network, as summarized by `planModel`, and their totals. */
export interface ModelCardNetwork {
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}
