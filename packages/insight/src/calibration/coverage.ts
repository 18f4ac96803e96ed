// Selective classification: the network classifies only images with enough confidence.
import type { LabeledPredictions } from "./predictions.ts";

/** The images whose confidence is at least a threshold. */
export interface CoveragePoint {
  readonly threshold: number;
  /** The fraction of all images. */
  readonly coverage: number;
  /** The fraction of these images that are classified correctly. */
  readonly accuracy: number;
}

/**
 * Returns the accuracy-coverage curve (El-Yaniv & Wiener 2010, On the foundations of noise-free selective
 * classification): one point per distinct confidence, in ascending order of coverage. Images of equal
 * confidence belong to the same point, because no threshold separates them. The last point contains all
 * images, so its accuracy is that of the network.
 */
export function computeAccuracyCoverageCurve(predictions: LabeledPredictions): CoveragePoint[] {
  const { confidence, predicted, labels } = predictions;
  const order = Array.from(confidence.keys()).sort((a, b) => confidence[b]! - confidence[a]!);
  const points: CoveragePoint[] = [];
  let correct = 0;
  for (const [rank, n] of order.entries()) {
    if (predicted[n] === labels[n]) correct++;
    const next = order[rank + 1];
    if (next !== undefined && confidence[next] === confidence[n]) continue;
    const images = rank + 1;
    points.push({
      threshold: confidence[n]!,
      coverage: images / order.length,
      accuracy: correct / images,
    });
  }
  return points;
}
