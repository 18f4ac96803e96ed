import type { Tensor } from "@nn/tensor";

import { columnsOf, type Engine } from "../engine.ts";

export function softmaxCrossEntropy(
  engine: Engine,
  logits: Tensor,
  labels: Int32Array,
  gradient: Tensor,
): number {
  const classes = columnsOf(logits);
  return engine.kernels.softmaxCrossEntropy(
    engine.address(logits),
    engine.addressOf(labels),
    logits.data.length / classes,
    classes,
    engine.address(gradient),
  );
}

export function squaredError(engine: Engine, outputs: Tensor, labels: Int32Array, gradient: Tensor): number {
  const classes = columnsOf(outputs);
  return engine.kernels.squaredError(
    engine.address(outputs),
    engine.addressOf(labels),
    outputs.data.length / classes,
    classes,
    engine.address(gradient),
  );
}

export function countCorrect(engine: Engine, outputs: Tensor, labels: Int32Array): number {
  const classes = columnsOf(outputs);
  return engine.kernels.countCorrect(
    engine.address(outputs),
    engine.addressOf(labels),
    outputs.data.length / classes,
    classes,
  );
}
