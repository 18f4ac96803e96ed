import type { Activation, StreamKey, Tensor } from "@nn/tensor";

import { getActivationCode, getLeakyReluSlope } from "../activation-codes.ts";
import { BYTES_PER_FLOAT, FLOATS_PER_CACHE_LINE, type Engine } from "../engine.ts";
import { EXPENSIVE_ELEMENT_COST, ELEMENT_COST, type Split } from "../threads/split.ts";

/** out = f(x), elementwise; see `Backend.activate`. */
export function activate(engine: Engine, activation: Activation, x: Tensor, out: Tensor): void {
  const [kind, slope] = [getActivationCode(activation), getLeakyReluSlope(activation)];
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  const isHard = activation.kind === "sigmoid" || activation.kind === "tanh";
  engine.run(
    engine.kernels.activate,
    byNumbers(x, isHard ? EXPENSIVE_ELEMENT_COST : ELEMENT_COST),
    (from, to) => [
      kind,
      slope,
      xAddress + from * BYTES_PER_FLOAT,
      outAddress + from * BYTES_PER_FLOAT,
      to - from,
    ],
  );
}

/** out = dy · f′(x), with f′ computed from y = f(x); see `Backend.activateBackward`. */
export function activateBackward(
  engine: Engine,
  activation: Activation,
  y: Tensor,
  dy: Tensor,
  out: Tensor,
): void {
  const [kind, slope] = [getActivationCode(activation), getLeakyReluSlope(activation)];
  const [yAddress, dyAddress, outAddress] = [engine.address(y), engine.address(dy), engine.address(out)];
  engine.run(engine.kernels.activateBackward, byNumbers(y, ELEMENT_COST), (from, to) => [
    kind,
    slope,
    yAddress + from * BYTES_PER_FLOAT,
    dyAddress + from * BYTES_PER_FLOAT,
    outAddress + from * BYTES_PER_FLOAT,
    to - from,
  ]);
}

/** out[i] = x[i]·(1 / (1 − rate)), or +0 with probability `rate`; see `Backend.dropout`. */
export function dropout(engine: Engine, x: Tensor, rate: number, [key0, key1]: StreamKey, out: Tensor): void {
  const threshold = Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1);
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  engine.run(engine.kernels.dropout, byNumbers(x, EXPENSIVE_ELEMENT_COST), (from, to) => [
    xAddress + from * BYTES_PER_FLOAT,
    to - from,
    from,
    key0,
    key1,
    threshold,
    1 / (1 - rate),
    outAddress + from * BYTES_PER_FLOAT,
  ]);
}

function byNumbers(x: Tensor, cost: number): Split {
  return { extent: x.data.length, grain: FLOATS_PER_CACHE_LINE, work: cost * x.data.length };
}
