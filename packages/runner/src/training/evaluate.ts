import { ImageBatches, type ImageBatch, type ResidentSplit } from "@nn/mnist";
import type { Tensor } from "@nn/tensor";

import { Meter, type Measure } from "./measure.ts";
import type { Network } from "./network.ts";
import type { Pulse } from "./pulse.ts";

/**
 * Examples in an evaluation pass. The outputs do not depend on it, but the last bits of the mean loss do, which is a sum
 * of sums over batches: so it is one number for everybody. A network's buffers hold the larger of this and its batches of
 * training, so it is small: a layer of 28 × 28 pixels and 32 channels takes 100 KB an image.
 */
export const EVALUATION_BATCH = 100;

/** Sees the outputs (N, …) of one batch; `start` is the place of its first example among all. */
export type Visit = (outputs: Tensor, batch: ImageBatch, start: number) => void;

/** Images that a network is measured on, in a fixed order. */
export class Examination {
  readonly #batches: ImageBatches;
  readonly #order: Int32Array;

  /** `order`: which images of the split, by index. */
  constructor(split: ResidentSplit, order: Int32Array) {
    this.#batches = new ImageBatches(split, EVALUATION_BATCH);
    this.#order = order;
  }

  /** Forward passes only: nothing is learned. */
  async measure(network: Network, pulse: Pulse, visit?: Visit): Promise<Measure> {
    const { backend, model, loss } = network;
    const meter = new Meter();
    for (let start = 0; start < this.#order.length; start += EVALUATION_BATCH) {
      const count = Math.min(EVALUATION_BATCH, this.#order.length - start);
      const batch = this.#batches.batch(this.#order, start, count);
      const outputs = model.forward(batch.images, { training: false, step: 0 });
      const batchLoss = loss.forward(outputs, batch.labels) + model.penalty();
      meter.add(batchLoss, backend.countCorrect(outputs, batch.labels), count);
      visit?.(outputs, batch, start);
      if (pulse.due()) await pulse.rest();
    }
    return meter.mean();
  }
}
