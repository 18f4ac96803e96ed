import type { Model } from "@nn/layers";
import { ImageBatches, type Augmenter, type ImageBatch, type ResidentSplit } from "@nn/mnist";
import type { Tensor } from "@nn/tensor";

import { RunningMetrics, type Metrics } from "./metrics/metrics.ts";
import type { Network } from "./network.ts";
import type { Yielder } from "./step/yielder.ts";

/**
 * Examples in an evaluation pass. The outputs do not depend on it, but the last bits of the mean loss do,
 * which is a sum of sums over batches: so it is one number for everybody. A network's buffers hold the larger
 * of this and its batches of training, so it is small: a layer of 28 × 28 pixels and 32 channels takes 100 KB
 * an image.
 */
export const EVALUATION_BATCH = 100;

/** Sees the outputs (N, …) of one batch; `start` is the place of its first example among all. */
export type OutputVisitor = (outputs: Tensor, batch: ImageBatch, start: number) => void;

/** Test-time augmentation: the images as they are, then changed at random in `count` − 1 ways. */
export interface TestTimeAugmentation {
  readonly count: number;
  /**
   * Asked for the views 1, 2, … as for epochs: what happens to an image depends on the view and the image.
   */
  readonly augmenter: Augmenter;
}

/**
 * Images that a network is measured on, in a fixed order. With views its outputs for an image are the mean of
 * those for each view, summed in float64 in the order of the views. The mean is of the outputs, not of the
 * softmax: so it means the same for every loss, and loss, accuracy and predictions are those of one and the
 * same outputs.
 */
export class Evaluator {
  readonly #batches: ImageBatches;
  readonly #order: Int32Array;
  readonly #views: TestTimeAugmentation | undefined;
  #sum = new Float64Array();

  /** `order`: which images of the split, by index. */
  constructor(split: ResidentSplit, order: Int32Array, views?: TestTimeAugmentation) {
    this.#batches = new ImageBatches(split, EVALUATION_BATCH);
    this.#order = order;
    this.#views = views;
  }

  /** Forward passes only: nothing is learned. */
  async evaluate(network: Network, yielder: Yielder, visit?: OutputVisitor): Promise<Metrics> {
    const { backend, model, loss } = network;
    const metrics = new RunningMetrics();
    for (let start = 0; start < this.#order.length; start += EVALUATION_BATCH) {
      const count = Math.min(EVALUATION_BATCH, this.#order.length - start);
      const batch = this.#batches.batch(this.#order, start, count);
      const outputs = this.#outputs(model, batch, start);
      const batchLoss = loss.forward(outputs, batch.labels) + model.penalty();
      metrics.add(
        batchLoss,
        backend.countCorrect(outputs, batch.labels),
        count,
        loss.weightOf?.(batch.labels),
      );
      visit?.(outputs, batch, start);
      if (yielder.isDue()) await yielder.yield();
    }
    return metrics.mean();
  }

  /** Leaves the means in the outputs of the last view. */
  #outputs(model: Model, { images, examples }: ImageBatch, start: number): Tensor {
    const pass = { training: false, step: 0 };
    let outputs = model.forward(images, pass);
    if (this.#views === undefined) return outputs;

    const { count, augmenter } = this.#views;
    const { length } = outputs.data;
    if (this.#sum.length < length) this.#sum = new Float64Array(length); // the first batch is the largest
    const sum = this.#sum;
    for (let i = 0; i < length; i++) sum[i] = outputs.data[i]!;
    for (let view = 1; view < count; view++) {
      const again = this.#batches.batch(this.#order, start, examples.length);
      augmenter.apply(again, view, start);
      outputs = model.forward(again.images, pass);
      for (let i = 0; i < length; i++) sum[i] = sum[i]! + outputs.data[i]!;
    }
    for (let i = 0; i < length; i++) outputs.data[i] = sum[i]! / count;
    return outputs;
  }
}
