import { compareAgreement, mcnemarTest, topKAccuracy } from "@nn/insight";
import type { Dataset } from "@nn/mnist";
import type { EvaluationData, NetworkPredictions, NetworkPair } from "@nn/report";
import { countElements } from "@nn/tensor";

import { computeCalibration } from "./calibration.ts";
import { chooseImages } from "./choose-images.ts";
import { encodeSprite } from "./image-sprite.ts";
import type { TestPredictions } from "./outputs.ts";

/** At most this many images are part of a report, of at most this many bytes before compression. */
const MOST_IMAGES = 1500;
const MOST_BYTES = 1.2e6;
/** At most this many top-k accuracies are shown. */
const MOST_TOP = 5;

/**
 * Evaluates the outputs of networks on the test images, without the weights. `networks`: at least one, that
 * of the winner first. `dataset`: undefined if it cannot be read; then the report has no images.
 */
export function evaluateOutputs(
  networks: readonly TestPredictions[],
  classes: readonly string[],
  dataset: Dataset | undefined,
): Omit<EvaluationData, "network"> {
  const [first] = networks;
  if (first === undefined) throw new Error("evaluateOutputs: expected at least one network, got none.");
  const images = dataset === undefined ? [] : chooseImages(networks, mostImages(dataset));
  const labels = Array.from(first.predictions.labels);
  const missed = labels.filter((label, image) =>
    networks.every(({ predictions }) => predictions.predicted[image] !== label),
  );
  return {
    classes,
    testImages: labels.length,
    networks: networks.map((each) => answersOf(each, images)),
    pairs: networks.flatMap((one, at) =>
      networks.slice(at + 1).map((other, after) => pairOf([one, at], [other, at + 1 + after])),
    ),
    missedByAll: missed.length,
    images: dataset === undefined ? null : encodeSprite(dataset, images),
  };
}

function mostImages({ exampleShape }: Dataset): number {
  return Math.min(MOST_IMAGES, Math.floor(MOST_BYTES / countElements(exampleShape)));
}

function answersOf(network: TestPredictions, images: readonly number[]): NetworkPredictions {
  const { classes, labels, predicted, confidence } = network.predictions;
  const confusion = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const [image, answer] of predicted.entries()) confusion[labels[image]!]![answer]!++;
  return {
    trial: network.trial,
    confusion,
    topAccuracies: Array.from({ length: Math.min(MOST_TOP, classes - 1) }, (_, at) =>
      topKAccuracy(network.predictions, at + 1),
    ),
    calibration: computeCalibration(network),
    answers: images.map((image) => predicted[image]!),
    confidences: images.map((image) => Number(confidence[image]!.toFixed(4))),
  };
}

function pairOf(
  [one, first]: readonly [TestPredictions, number],
  [other, second]: readonly [TestPredictions, number],
): NetworkPair {
  const { predicted, labels } = one.predictions;
  const { onlyA, onlyB, samePrediction } = compareAgreement(predicted, other.predictions.predicted, labels);
  return {
    first,
    second,
    different: labels.length - samePrediction,
    onlyFirst: onlyA,
    onlySecond: onlyB,
    pValue: mcnemarTest(onlyA, onlyB),
  };
}
