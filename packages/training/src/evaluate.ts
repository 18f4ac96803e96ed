import type { Model } from "@nn/layers";
import { BatchReader, type Augmenter, type ImageBatch, type InMemorySplit } from "@nn/mnist";
import type { Tensor } from "@nn/tensor";

import { RunningMetrics, type Metrics } from "./metrics/metrics.ts";
import { Predictions } from "./metrics/predictions.ts";
import type { EvaluationNetwork } from "./network.ts";
import type { Yielder } from "./step/yielder.ts";

/**
 * Number of examples per forward pass in evaluation. It is fixed, because it affects the last bits of the
 * mean loss, which is a sum of sums over batches. It does not affect the outputs. It is small to save memory.
 * The buffers of a network have the size of the larger of this and the training batch. A layer of 28 × 28
 * pixels and 32 channels takes 100 KB per image.
 */
export const EVALUATION_BATCH_SIZE = 100;

/**
 * Receives the outputs (N, …) of one batch. `start` is the position of its first example in the evaluation.
 */
export type OutputCallback = (outputs: Tensor, batch: ImageBatch, start: number) => void;

/** Test-time augmentation: the unchanged image and `count` − 1 randomly changed views of it. */
export interface TestTimeAugmentation {
  readonly count: number;
  /** Augments the images of a view. The number of the view, 1, 2, …, takes the place of the epoch. */
  readonly augmenter: Pick<Augmenter, "apply">;
}

/**
 * Evaluates a network on images in a fixed order. With views, the output for an image is the mean of the
 * outputs for its views, summed in float64 in the order of the views. Loss, accuracy and predictions are
 * computed from these mean outputs. The outputs are averaged before softmax, so the mean does not depend on
 * the loss.
 */
export class Evaluator {
  readonly #batches: BatchReader;
  readonly #order: Int32Array;
  readonly #views: TestTimeAugmentation | undefined;
  #sum = new Float64Array();

  /** `order` contains the indices of the images in the split. */
  constructor(split: InMemorySplit, order: Int32Array, views?: TestTimeAugmentation) {
    this.#batches = new BatchReader(split, EVALUATION_BATCH_SIZE);
    this.#order = order;
    this.#views = views;
  }

  /** Number of images. */
  get count(): number {
    return this.#order.length;
  }

  /** Returns the metrics. Runs forward passes only, in evaluation mode. */
  async evaluate(network: EvaluationNetwork, yielder: Yielder, visit?: OutputCallback): Promise<Metrics> {
    const { backend, model, loss } = network;
    const metrics = new RunningMetrics();
    for (let start = 0; start < this.#order.length; start += EVALUATION_BATCH_SIZE) {
      const count = Math.min(EVALUATION_BATCH_SIZE, this.#order.length - start);
      const batch = this.#batches.read(this.#order, start, count);
      const outputs = this.#outputs(model, batch, start);
      const batchLoss = loss.forward(outputs, batch.labels) + model.penalty();
      metrics.add(
        batchLoss,
        backend.countCorrect(outputs, batch.labels),
        count,
        loss.sumWeights?.(batch.labels),
      );
      visit?.(outputs, batch, start);
      if (yielder.isDue()) await yielder.yield();
    }
    return metrics.mean();
  }

  /** Evaluates the network and collects its outputs and predictions. `classes` is the number of classes. */
  async predict(
    network: EvaluationNetwork,
    classes: number,
    yielder: Yielder,
  ): Promise<{ readonly metrics: Metrics; readonly predictions: Predictions }> {
    const predictions = new Predictions(classes, this.count);
    const metrics = await this.evaluate(network, yielder, (outputs, batch, start) =>
      predictions.add(outputs, batch, start),
    );
    return { metrics, predictions };
  }

  /**
   * Returns the outputs for a batch. With views, returns the means over the views, in the buffer of the last
   * view.
   */
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
      const again = this.#batches.read(this.#order, start, examples.length);
      augmenter.apply(again, view, start);
      outputs = model.forward(again.images, pass);
      for (let i = 0; i < length; i++) sum[i] = sum[i]! + outputs.data[i]!;
    }
    for (let i = 0; i < length; i++) outputs.data[i] = sum[i]! / count;
    return outputs;
  }
}
