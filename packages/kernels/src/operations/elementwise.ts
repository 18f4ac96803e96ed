import type { Activation, StreamKey, Tensor } from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import type { Engine } from "../engine.ts";

export function activate(engine: Engine, activation: Activation, x: Tensor, out: Tensor): void {
  engine.kernels.activate(
    codeOf(activation),
    slopeOf(activation),
    engine.address(x),
    engine.address(out),
    x.data.length,
  );
}

export function activateBackward(
  engine: Engine,
  activation: Activation,
  y: Tensor,
  dy: Tensor,
  out: Tensor,
): void {
  engine.kernels.activateBackward(
    codeOf(activation),
    slopeOf(activation),
    engine.address(y),
    engine.address(dy),
    engine.address(out),
    y.data.length,
  );
}

export function dropout(engine: Engine, x: Tensor, rate: number, [key0, key1]: StreamKey, out: Tensor): void {
  const threshold = Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1);
  engine.kernels.dropout(
    engine.address(x),
    x.data.length,
    key0,
    key1,
    threshold,
    1 / (1 - rate),
    engine.address(out),
  );
}
