import type { Tensor } from "@nn/tensor";

import type { Engine } from "../engine.ts";

export function sumRows(engine: Engine, x: Tensor, out: Tensor): void {
  const columns = out.data.length;
  engine.kernels.sumRows(engine.address(x), x.data.length / columns, columns, engine.address(out));
}

export function allFinite(engine: Engine, x: Tensor): boolean {
  return engine.kernels.allFinite(engine.address(x), x.data.length) === 1;
}
