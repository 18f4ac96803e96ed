import { computeAgreement, mcnemarTest, topKAccuracy } from "@nn/insight";
import type { Dataset, Split } from "@nn/mnist";
import type { EvaluatedSet, NetworkPredictions, NetworkPair, SetEvaluation } from "@nn/report";
import { countElements } from "@nn/tensor";

import { computeCalibration } from "./calibration.ts";
import { chooseImages } from "./choose-images.ts";
import { encodeSprite } from "./image-sprite.ts";
import type { SetPredictions } from "./outputs.ts";

/** Maximum number of images of a set in a report, and their maximum size in bytes before compression. */
const MAX_IMAGES = 1500;
const MAX_BYTES = 1.2e6;
/** Maximum k of the top-k accuracies. */
const MAX_TOP = 5;

/** The split that contains the images of a set. */
export interface EvaluatedImages {
  readonly split: Split;
  readonly exampleShape: Dataset["exampleShape"];
}

/**
 * Evaluates the stored outputs of networks on the images of a set. `networks`: at least one, the best first.
 * `source`: undefined if the images cannot be read; then the report has no images.
 */
export function evaluateOutputs(
  set: EvaluatedSet,
  networks: readonly SetPredictions[],
  source: EvaluatedImages | undefined,
): SetEvaluation {
  const [first] = networks;
  if (first === undefined) throw new Error("evaluateOutputs: expected at least one network, got none.");
  const images = source === undefined ? [] : chooseImages(networks, getMaxImages(source));
  const labels = Array.from(first.predictions.labels);
  const missed = labels.filter((label, image) =>
    networks.every(({ predictions }) => predictions.predicted[image] !== label),
  );
  const inFile = images.map((image) => first.indices[image]!);
  return {
    set,
    imageCount: labels.length,
    networks: networks.map((each) => toNetworkPredictions(each, images)),
    pairs: networks.flatMap((one, at) =>
      networks.slice(at + 1).map((other, after) => compareNetworks([one, at], [other, at + 1 + after])),
    ),
    missedByAll: missed.length,
    images: source === undefined ? null : encodeSprite(source.split, source.exampleShape, inFile),
  };
}

function getMaxImages({ exampleShape }: EvaluatedImages): number {
  return Math.min(MAX_IMAGES, Math.floor(MAX_BYTES / countElements(exampleShape)));
}

function toNetworkPredictions(network: SetPredictions, images: readonly number[]): NetworkPredictions {
  const { classes, labels, predicted, confidence } = network.predictions;
  const confusion = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const [image, guess] of predicted.entries()) confusion[labels[image]!]![guess]!++;
  return {
    trial: network.trial,
    confusion,
    topAccuracies: Array.from({ length: Math.min(MAX_TOP, classes - 1) }, (_, at) =>
      topKAccuracy(network.predictions, at + 1),
    ),
    calibration: computeCalibration(network),
    predicted: images.map((image) => predicted[image]!),
    confidences: images.map((image) => Number(confidence[image]!.toFixed(4))),
  };
}

function compareNetworks(
  [one, first]: readonly [SetPredictions, number],
  [other, second]: readonly [SetPredictions, number],
): NetworkPair {
  const { predicted, labels } = one.predictions;
  const { onlyA, onlyB, samePrediction } = computeAgreement(predicted, other.predictions.predicted, labels);
  return {
    first,
    second,
    different: labels.length - samePrediction,
    onlyFirst: onlyA,
    onlySecond: onlyB,
    pValue: mcnemarTest(onlyA, onlyB),
  };
}
