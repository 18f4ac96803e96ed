import type { Tensor } from "./tensor.ts";

/**
 * Operands of an SGD step (Sutskever et al. 2013, in PyTorch's form). Each operation is rounded once, in this
 * order: g = gradient + weightDecay·value; v = momentum·v + g; value −= learningRate·(nesterov ? g +
 * momentum·v : v). If weightDecay is 0, g is the gradient. If momentum is 0, the step is value −=
 * learningRate·g, and `velocity` is not used.
 */
export interface SgdStep {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly velocity?: Tensor;
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * Operands of an Adam step (Kingma & Ba 2015), or of an AdamW step (Loshchilov & Hutter 2019) if `decoupled`
 * is true. Each operation is rounded once, in this order:
 * - Weight decay, if its factor is not 0. Decoupled: value −= value·decay, with decay =
 *   learningRate·weightDecay computed in float64, then rounded; g = gradient. Otherwise: g = gradient +
 *   weightDecay·value.
 * - m = beta1·m + (1 − beta1)·g and v = beta2·v + ((1 − beta2)·g)·g. 1 − beta is computed in float64, then
 *   rounded.
 * - value −= (stepSize·m) / (√v / correction + epsilon). The optimizer computes stepSize = learningRate / (1
 *   − beta1^t) and correction = √(1 − beta2^t) in float64.
 */
export interface AdamStep {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  readonly learningRate: number;
  readonly stepSize: number;
  readonly correction: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly decoupled: boolean;
}
