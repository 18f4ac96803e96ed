import type { Softmax, SoftmaxBackward } from "@nn/tensor";

import type { Engine } from "../engine.ts";

const DOUBLE = 8;

export function softmax(engine: Engine, { x, columns, scale, causal = false, out }: Softmax): void {
  engine.kernels.softmax(
    engine.address(x),
    x.data.length / columns,
    columns,
    scale,
    Number(causal),
    engine.address(out),
    engine.roomFor((columns + 3) * DOUBLE),
  );
}

export function softmaxBackward(engine: Engine, { y, dy, columns, scale, out }: SoftmaxBackward): void {
  engine.kernels.softmaxBackward(
    engine.address(y),
    engine.address(dy),
    y.data.length / columns,
    columns,
    scale,
    engine.address(out),
    engine.roomFor(2 * (columns + 3) * DOUBLE),
  );
}
