import type { Tensor } from "./tensor.ts";

/**
 * Operands of an SGD step (Sutskever et al. 2013, in PyTorch's form). Each operation is rounded once, in this
 * order: g = gradient + weightDecay·value; v = momentum·v + g; value −= learningRate·(nesterov ? g +
 * momentum·v : v). With weightDecay 0, g is the gradient. With momentum 0, the step is along g, without a
 * velocity.
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
 * Operands of an Adam step (Kingma & Ba 2015; decoupled: Loshchilov & Hutter 2019). Each operation is rounded
 * once, in this order: decoupled: value −= value·decay with decay = learningRate·weightDecay (one float64
 * product, rounded), g = gradient; else g = gradient + weightDecay·value; both are omitted if the factor is
 * 0; m = beta1·m + (1 − beta1)·g; v = beta2·v + ((1 − beta2)·g)·g, with 1 − beta computed in float64, then
 * rounded; value −= stepSize·m / (√v / correction + epsilon), with stepSize = learningRate / (1 − beta1^t)
 * and correction = √(1 − beta2^t) computed in float64 by the caller's optimizer; (stepSize·m) is rounded
 * before the division.
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
