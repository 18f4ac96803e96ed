import type { AdamStep, SgdStep } from "@nn/tensor";

import type { Engine } from "../engine.ts";

export function sgdStep(engine: Engine, step: SgdStep): void {
  engine.kernels.sgdStep(
    engine.address(step.value),
    engine.address(step.gradient),
    step.velocity === undefined ? 0 : engine.address(step.velocity),
    step.value.data.length,
    step.learningRate,
    step.momentum,
    Number(step.nesterov),
    step.weightDecay,
  );
}

export function adamStep(engine: Engine, step: AdamStep): void {
  engine.kernels.adamStep(
    engine.address(step.value),
    engine.address(step.gradient),
    engine.address(step.firstMoment),
    engine.address(step.secondMoment),
    step.value.data.length,
    step.stepSize,
    step.correction,
    step.beta1,
    step.beta2,
    1 - step.beta1,
    1 - step.beta2,
    step.epsilon,
    step.decoupled ? step.learningRate * step.weightDecay : step.weightDecay,
    Number(step.decoupled),
  );
}
