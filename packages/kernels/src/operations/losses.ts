import type { Tensor } from "@nn/tensor";

import { countColumns, type Engine } from "../engine.ts";

/**
 * Returns the mean of −log softmax(logits)[label] and sets gradient = (softmax(logits) − onehot(labels)) / N.
 * See `Backend.softmaxCrossEntropy`.
 */
export function softmaxCrossEntropy(
  engine: Engine,
  logits: Tensor,
  labels: Int32Array,
  gradient: Tensor,
): number {
  const classes = countColumns(logits);
  return engine.kernels.softmaxCrossEntropy(
    engine.address(logits),
    engine.arrayAddress(labels),
    logits.data.length / classes,
    classes,
    engine.address(gradient),
  );
}

/**
 * Returns the mean of (y − onehot(labels))² and sets gradient = 2·(y − onehot(labels)) / (N·C). See
 * `Backend.meanSquaredError`.
 */
export function meanSquaredError(
  engine: Engine,
  outputs: Tensor,
  labels: Int32Array,
  gradient: Tensor,
): number {
  const classes = countColumns(outputs);
  return engine.kernels.meanSquaredError(
    engine.address(outputs),
    engine.arrayAddress(labels),
    outputs.data.length / classes,
    classes,
    engine.address(gradient),
  );
}

/**
 * Returns the number of rows whose largest value is at the index of their label; see `Backend.countCorrect`.
 */
export function countCorrect(engine: Engine, outputs: Tensor, labels: Int32Array): number {
  const classes = countColumns(outputs);
  return engine.kernels.countCorrect(
    engine.address(outputs),
    engine.arrayAddress(labels),
    outputs.data.length / classes,
    classes,
  );
}
