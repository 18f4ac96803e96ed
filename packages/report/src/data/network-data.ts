/** The predictions of a run's networks for its validation and test images. */
export interface EvaluationData {
  /** The name of each class by label. */
  readonly classes: readonly string[];
  /** At least one set. The validation images come first, if the run has any. */
  readonly sets: readonly [SetEvaluation, ...SetEvaluation[]];
  /** The network of the best trial; null if it is too large or has custom layers. */
  readonly network: ReportNetwork | null;
}

/** The sets of images for which a report shows predictions. */
export type EvaluatedSet = "validation" | "test";

/** The predictions of a run's networks for one set of images. */
export interface SetEvaluation {
  readonly set: EvaluatedSet;
  /** Number of images in the set. */
  readonly imageCount: number;
  /** The evaluated networks. The first one is that of the best trial. */
  readonly networks: readonly NetworkPredictions[];
  /** The disagreements of each pair of networks. */
  readonly pairs: readonly NetworkPair[];
  /** Number of images of the set that no network classifies correctly. */
  readonly missedByAll: number;
  /** The images of the set that the page shows; null if the data set cannot be read. */
  readonly images: ImageSprite | null;
}

/** The predictions of one network for the images of a set. */
export interface NetworkPredictions {
  /** Number of its trial. */
  readonly trial: number;
  /** confusion[actual][predicted]: number of images. */
  readonly confusion: readonly (readonly number[])[];
  /**
   * Top-k accuracy for k = 1, 2, …: the fraction of images whose label is among the k most probable classes.
   */
  readonly topAccuracies: readonly number[];
  readonly calibration: CalibrationData;
  /** For each image of the sprite: the predicted class. */
  readonly predicted: readonly number[];
  /** For each image of the sprite: the probability of the predicted class, 0 … 1. */
  readonly confidences: readonly number[];
}

/** The calibration of a network: how well its probabilities match its accuracy. */
export interface CalibrationData {
  /** Expected calibration error (Naeini et al. 2015), 0 … 1. */
  readonly expectedError: number;
  /** Brier score over all classes (Brier 1950), 0 … 2. */
  readonly brier: number;
  /** Bins of the confidence that have images, ascending. */
  readonly bins: readonly CalibrationBin[];
  /** Accuracy of the most confident images, by their share of all images. The shares increase to 1. */
  readonly coverage: readonly { readonly share: number; readonly accuracy: number }[];
}

/** The images whose confidence is in a range. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly images: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/** The disagreements of two networks. */
export interface NetworkPair {
  /** Indices in `SetEvaluation.networks`. */
  readonly first: number;
  readonly second: number;
  /** Number of images of the set for which they predict different classes. */
  readonly different: number;
  /** Number of images that only the first, or only the second, network classifies correctly. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** P-value of the mid-p McNemar test for a difference in accuracy. */
  readonly pValue: number;
}

/** A sprite: one picture that contains many small images, row by row. */
export interface ImageSprite {
  /** A PNG file as a `data:` URL. */
  readonly url: string;
  /** Size of one image in pixels. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** Position of each image in its file, from 0: the training file for validation images. */
  readonly index: readonly number[];
  readonly label: readonly number[];
}

/** A trained network for use in the page. */
export interface ReportNetwork {
  readonly trial: number;
  /** `model.layers` of its experiment. */
  readonly layers: readonly { readonly type: string; readonly [option: string]: unknown }[];
  /** The function that converts its outputs to the probabilities of the classes. */
  readonly probabilityFunction: "softmax" | "sigmoid" | "identity";
  /** (H, W, C) of one image. */
  readonly inputShape: readonly number[];
  /** How pixels were normalized, on the scale of bytes; null if a pixel is byte / 255. */
  readonly normalization: { readonly mean: number; readonly deviation: number } | null;
  /** Whether a drawing is prepared as a symbol on black, as in MNIST. */
  readonly drawsSymbols: boolean;
  /** `float16`: the numbers are rounded to half precision to save space. */
  readonly precision: "float32" | "float16";
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** The numbers of all tensors in this order: little-endian, in base64. */
  readonly numbers: string;
}
