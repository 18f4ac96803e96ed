import type { Tensor } from "@nn/tensor";

import { BYTES_PER_FLOAT, FLOATS_PER_CACHE_LINE, type Engine } from "../engine.ts";
import { ELEMENT_COST } from "../threads/split.ts";

/** out[j] += Σ_n x[n, j]; see `Backend.sumRows`. */
export function sumRows(engine: Engine, x: Tensor, out: Tensor): void {
  const columns = out.data.length;
  const rows = x.data.length / columns;
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  engine.run(
    engine.kernels.sumRows,
    { extent: columns, grain: FLOATS_PER_CACHE_LINE, work: ELEMENT_COST * x.data.length },
    (from, to) => [
      xAddress + from * BYTES_PER_FLOAT,
      rows,
      to - from,
      columns * BYTES_PER_FLOAT,
      outAddress + from * BYTES_PER_FLOAT,
    ],
  );
}

/** Returns whether every number of x is finite; see `Backend.allFinite`. */
export function allFinite(engine: Engine, x: Tensor): boolean {
  const { length } = x.data;
  const address = engine.address(x);
  const bad = engine.run(
    engine.kernels.anyInfinite,
    { extent: length, grain: FLOATS_PER_CACHE_LINE, work: ELEMENT_COST * length },
    (from, to) => [address + from * BYTES_PER_FLOAT, to - from],
  );
  return bad === 0;
}
