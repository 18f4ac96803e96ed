import type { AdamStep, SgdStep, Tensor } from "@nn/tensor";

import { BYTES_PER_FLOAT, FLOATS_PER_CACHE_LINE, type Engine } from "../engine.ts";
import { ELEMENT_COST, type Split } from "../threads/split.ts";

/** v = momentum·v + g, value −= learningRate·v, gradient = 0. See `Backend.sgdStep`. */
export function sgdStep(engine: Engine, step: SgdStep): void {
  const [value, gradient] = [engine.address(step.value), engine.address(step.gradient)];
  const velocity = step.velocity === undefined ? undefined : engine.address(step.velocity);
  engine.run(engine.kernels.sgdStep, byNumbers(step.value), (from, to) => [
    value + from * BYTES_PER_FLOAT,
    gradient + from * BYTES_PER_FLOAT,
    velocity === undefined ? 0 : velocity + from * BYTES_PER_FLOAT,
    to - from,
    step.learningRate,
    step.momentum,
    Number(step.nesterov),
    step.weightDecay,
  ]);
}

/** value −= stepSize·m / (√v / correction + epsilon), gradient = 0. See `Backend.adamStep`. */
export function adamStep(engine: Engine, step: AdamStep): void {
  const [value, gradient] = [engine.address(step.value), engine.address(step.gradient)];
  const [firstMoment, secondMoment] = [engine.address(step.firstMoment), engine.address(step.secondMoment)];
  engine.run(engine.kernels.adamStep, byNumbers(step.value), (from, to) => [
    value + from * BYTES_PER_FLOAT,
    gradient + from * BYTES_PER_FLOAT,
    firstMoment + from * BYTES_PER_FLOAT,
    secondMoment + from * BYTES_PER_FLOAT,
    to - from,
    step.stepSize,
    step.correction,
    step.beta1,
    step.beta2,
    1 - step.beta1,
    1 - step.beta2,
    step.epsilon,
    step.decoupled ? step.learningRate * step.weightDecay : step.weightDecay,
    Number(step.decoupled),
  ]);
}

/**
 * Splits by numbers. A number costs more than in other operations, because a step reads and writes several
 * tensors, which are rarely in the L1 cache.
 */
function byNumbers({ data }: Tensor): Split {
  return { extent: data.length, grain: FLOATS_PER_CACHE_LINE, work: 4 * ELEMENT_COST * data.length };
}
