import type { Tensor } from "@nn/tensor";

import { FLOAT, LINE, type Engine } from "../engine.ts";
import { NUMBER } from "../threads/split.ts";

/** out[j] += Σ_n x[n, j]; see `Backend.sumRows`. */
export function sumRows(engine: Engine, x: Tensor, out: Tensor): void {
  const columns = out.data.length;
  const rows = x.data.length / columns;
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  engine.run(
    engine.kernels.sumRows,
    { extent: columns, grain: LINE, work: NUMBER * x.data.length },
    (from, to) => [xAddress + from * FLOAT, rows, to - from, columns * FLOAT, outAddress + from * FLOAT],
  );
}

/** Returns whether every number of x is finite; see `Backend.allFinite`. */
export function allFinite(engine: Engine, x: Tensor): boolean {
  const { length } = x.data;
  const address = engine.address(x);
  const bad = engine.run(
    engine.kernels.anyInfinite,
    { extent: length, grain: LINE, work: NUMBER * length },
    (from, to) => [address + from * FLOAT, to - from],
  );
  return bad === 0;
}
