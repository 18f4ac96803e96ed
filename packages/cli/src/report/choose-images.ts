import type { SetPredictions } from "./outputs.ts";

/** The predictions of a network. */
type Predicted = Pick<SetPredictions, "predictions">;

/** Number of images per cell of the confusion matrix: mistakes, and correct predictions. */
const PER_MISTAKE = 20;
const PER_RIGHT = 12;
/** Number of images on which two networks disagree, for each pair of networks. */
const PER_PAIR = 24;

/**
 * Chooses at most `max` images of a set for a report, and returns them in ascending order. It first chooses
 * the most confident mistakes of the first network, then the images that all networks misclassify. The least
 * confident correct predictions of the first network follow, then the mistakes of the others. The last ones
 * are images on which two networks disagree.
 */
export function chooseImages(networks: readonly Predicted[], max: number): number[] {
  const [first] = networks;
  if (first === undefined) return [];
  const chosen = new Set<number>();
  const add = (images: readonly number[]): void => {
    for (const image of images) if (chosen.size < max) chosen.add(image);
  };
  const { labels } = first.predictions;
  const all = Array.from({ length: labels.length }, (_, image) => image);
  const answers = networks.map(({ predictions }) => predictions.predicted);
  add(cellsOf(first, all, true));
  add(all.filter((image) => answers.every((own) => own[image] !== labels[image])));
  add(cellsOf(first, all, false));
  for (const each of networks.slice(1)) add(cellsOf(each, all, true));
  for (const [at, one] of answers.entries()) {
    for (const other of answers.slice(at + 1))
      add(all.filter((image) => one[image] !== other[image]).slice(0, PER_PAIR));
  }
  return [...chosen].sort((a, b) => a - b);
}

/**
 * Returns the images of each cell: the most confident mistakes, or the least confident correct predictions.
 */
function cellsOf({ predictions }: Predicted, all: readonly number[], mistakes: boolean): number[] {
  const { predicted, confidence, labels, classes } = predictions;
  const images = all.filter((image) => (predicted[image] !== labels[image]) === mistakes);
  const cells = Map.groupBy(images, (image) => labels[image]! * classes + predicted[image]!);
  const sign = mistakes ? -1 : 1;
  return [...cells.values()].flatMap((cell) =>
    cell
      .sort((a, b) => sign * (confidence[a]! - confidence[b]!) || a - b)
      .slice(0, mistakes ? PER_MISTAKE : PER_RIGHT),
  );
}
