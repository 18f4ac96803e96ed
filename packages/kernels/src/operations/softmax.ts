import type { Softmax, SoftmaxBackward } from "@nn/tensor";

import { BYTES_PER_FLOAT, type Engine } from "../engine.ts";
import { EXPENSIVE_ELEMENT_COST, ELEMENT_COST } from "../threads/split.ts";

const DOUBLE = 8;
/** Block size: how many numbers are computed at once. Keep it in sync with assembly/lanes.ts. */
const BLOCK = 128;

/** out = e^(scale·x) / Σ e^(scale·x), row by row; see `Backend.softmax`. */
export function softmax(engine: Engine, { x, columns, scale, causal = false, out }: Softmax): void {
  const { length } = x.data;
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  engine.run(
    engine.kernels.softmax,
    { extent: length / columns, grain: 1, work: EXPENSIVE_ELEMENT_COST * length },
    (from, to, thread) => [
      xAddress + from * columns * BYTES_PER_FLOAT,
      from,
      to - from,
      columns,
      scale,
      Number(causal),
      outAddress + from * columns * BYTES_PER_FLOAT,
      engine.workspace(Math.max(BLOCK, columns + 3) * DOUBLE, thread),
    ],
  );
}

/** out = scale·y·(dy − Σ dy·y), row by row; see `Backend.softmaxBackward`. */
export function softmaxBackward(engine: Engine, { y, dy, columns, scale, out }: SoftmaxBackward): void {
  const { length } = y.data;
  const [yAddress, dyAddress, outAddress] = [engine.address(y), engine.address(dy), engine.address(out)];
  engine.run(
    engine.kernels.softmaxBackward,
    { extent: length / columns, grain: 1, work: 4 * ELEMENT_COST * length },
    (from, to, thread) => [
      yAddress + from * columns * BYTES_PER_FLOAT,
      dyAddress + from * columns * BYTES_PER_FLOAT,
      to - from,
      columns,
      scale,
      outAddress + from * columns * BYTES_PER_FLOAT,
      engine.workspace(2 * (columns + 3) * DOUBLE, thread),
    ],
  );
}
