import type { Tensor } from "./tensor.ts";

/**
 * Sutskever et al. 2013, as PyTorch writes it. Each line one rounding an operation, in this order: g =
 * gradient + weightDecay·value; v = momentum·v + g; value −= learningRate·(nesterov ? g + momentum·v : v).
 * weightDecay 0 leaves g as it is; momentum 0 steps by g itself and has no velocity.
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
 * Kingma & Ba 2015; decoupled: Loshchilov & Hutter 2019. Each operation one rounding, in this order:
 * decoupled: value −= value·decay with decay = learningRate·weightDecay (one float64 product, rounded), g =
 * gradient; else g = gradient + weightDecay·value; both left out where the factor is 0; m = beta1·m + (1 −
 * beta1)·g; v = beta2·v + ((1 − beta2)·g)·g, with 1 − beta computed in float64, then rounded; value −=
 * stepSize·m / (√v / correction + epsilon), with stepSize = learningRate / (1 − beta1^t) and correction = √(1
 * − beta2^t) computed in float64 by the caller's optimizer; (stepSize·m) is rounded before the division.
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
