import type { Activation } from "../activation.ts";
import { sigmoid } from "../math/sigmoid.ts";
import { tanh } from "../math/tanh.ts";
import type { Tensor } from "../tensor.ts";
import type { Round } from "./rounding.ts";

interface ActivationFunction {
  /** y = f(x) */
  readonly f: (x: number) => number;
  /** f′(x), from y = f(x) */
  readonly derivative: (y: number) => number;
}

/** Returns the function of an activation and its derivative, each operation rounded by `round`. */
export function createActivation(round: Round, activation: Activation): ActivationFunction {
  switch (activation.kind) {
    case "relu":
      return { f: (x) => (x < 0 ? 0 : x), derivative: (y) => (y > 0 ? 1 : 0) };
    case "leaky-relu": {
      const slope = round(activation.slope);
      return { f: (x) => (x < 0 ? round(slope * x) : x), derivative: (y) => (y > 0 ? 1 : slope) };
    }
    case "sigmoid":
      return { f: (x) => round(sigmoid(x)), derivative: (y) => round(y * round(1 - y)) };
    case "tanh":
      return { f: (x) => round(tanh(x)), derivative: (y) => round(1 - round(y * y)) };
  }
}

/** out = f(x). */
export function activate(round: Round, activation: Activation, x: Tensor, out: Tensor): void {
  const { f } = createActivation(round, activation);
  for (let i = 0; i < x.data.length; i++) out.data[i] = f(x.data[i]!);
}

/**
 * out = dy · f′(x), from y = f(x). It multiplies even if f′ is 0, so that NaN and infinity in dy propagate.
 */
export function activateBackward(
  round: Round,
  activation: Activation,
  y: Tensor,
  dy: Tensor,
  out: Tensor,
): void {
  const { derivative } = createActivation(round, activation);
  for (let i = 0; i < y.data.length; i++) out.data[i] = round(dy.data[i]! * derivative(y.data[i]!));
}
