import type { AdamStep, SgdStep } from "../optimizer-steps.ts";
import type { Round } from "./rounding.ts";

/** v = momentum·v + g; value −= learningRate·v. See SgdStep. */
export function sgdStep(round: Round, step: SgdStep): void {
  const learningRate = round(step.learningRate);
  const momentum = round(step.momentum);
  const weightDecay = round(step.weightDecay);
  const value = step.value.data;
  const gradient = step.gradient.data;
  const velocity = step.velocity?.data;

  for (let i = 0; i < value.length; i++) {
    let g = gradient[i]!;
    if (weightDecay !== 0) g = round(g + round(weightDecay * value[i]!));

    let direction = g;
    if (momentum !== 0 && velocity !== undefined) {
      const v = round(round(momentum * velocity[i]!) + g);
      velocity[i] = v;
      // Nesterov: the direction is the velocity after one more update with the same gradient.
      direction = step.nesterov ? round(g + round(momentum * v)) : v;
    }
    value[i] = round(value[i]! - round(learningRate * direction));
    gradient[i] = 0;
  }
}

/** m, v = moving averages of g and g²; value −= stepSize·m / (√v / correction + epsilon). See AdamStep. */
export function adamStep(round: Round, step: AdamStep): void {
  const stepSize = round(step.stepSize);
  const correction = round(step.correction);
  const beta1 = round(step.beta1);
  const beta2 = round(step.beta2);
  const rest1 = round(1 - step.beta1);
  const rest2 = round(1 - step.beta2);
  const epsilon = round(step.epsilon);
  const weightDecay = round(step.decoupled ? step.learningRate * step.weightDecay : step.weightDecay);
  const value = step.value.data;
  const gradient = step.gradient.data;
  const firstMoment = step.firstMoment.data;
  const secondMoment = step.secondMoment.data;

  for (let i = 0; i < value.length; i++) {
    let w = value[i]!;
    let g = gradient[i]!;
    if (weightDecay !== 0) {
      // Decoupled (AdamW): the decay is applied to the weight directly. Otherwise, it is added to the
      // gradient and normalized with it.
      if (step.decoupled) w = round(w - round(w * weightDecay));
      else g = round(g + round(weightDecay * w));
    }
    const m = round(round(beta1 * firstMoment[i]!) + round(rest1 * g));
    const v = round(round(beta2 * secondMoment[i]!) + round(round(rest2 * g) * g));
    const denominator = round(round(round(Math.sqrt(v)) / correction) + epsilon);
    firstMoment[i] = m;
    secondMoment[i] = v;
    value[i] = round(w - round(round(stepSize * m) / denominator));
    gradient[i] = 0;
  }
}
