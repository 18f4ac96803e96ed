import type { RowInputGradient, RowNormalization, Tensor } from "@nn/tensor";

import type { Engine } from "../engine.ts";

export function normalizeRows(
  engine: Engine,
  { x, weight, bias, epsilon, mean, scale, out }: RowNormalization,
): void {
  engine.kernels.normalizeRows(
    engine.address(x),
    scale.data.length,
    weight.data.length,
    engine.address(weight),
    engine.address(bias),
    epsilon,
    addressIfAny(engine, mean),
    engine.address(scale),
    engine.address(out),
  );
}

export function rowInputGradient(engine: Engine, gradient: RowInputGradient): void {
  const { x, dy, weight, mean, scale, weightGradient, biasGradient, out } = gradient;
  const columns = weight.data.length;
  engine.kernels.rowInputGradient(
    engine.address(x),
    engine.address(dy),
    scale.data.length,
    columns,
    engine.address(weight),
    addressIfAny(engine, mean),
    engine.address(scale),
    addressIfAny(engine, weightGradient),
    addressIfAny(engine, biasGradient),
    engine.address(out),
    engine.roomFor(2 * columns * 4),
  );
}

function addressIfAny(engine: Engine, tensor: Tensor | undefined): number {
  return tensor === undefined ? 0 : engine.address(tensor);
}
