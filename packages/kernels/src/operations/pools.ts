import type { MaxPool, MaxPoolGradient, Tensor } from "@nn/tensor";

import { BYTES_PER_FLOAT, type Engine } from "../engine.ts";
import { ELEMENT_COST, type Split } from "../threads/split.ts";

/** out = the maximum of x in each window, indices = the index of the maximum in x; see `Backend.maxPool`. */
export function maxPool(engine: Engine, { x, top, bottom, left, right, out, indices }: MaxPool): void {
  const [, height = 0, width = 0, channels = 0] = x.shape;
  const outputs = numbersOfImage(out);
  const [outAddress, indicesAddress] = [engine.address(out), engine.arrayAddress(indices)];
  engine.run(engine.kernels.maxPool, byImages(x), (from, to) => [
    engine.address(x),
    from,
    to - from,
    height,
    width,
    channels,
    top.length,
    left.length,
    engine.arrayAddress(top),
    engine.arrayAddress(bottom),
    engine.arrayAddress(left),
    engine.arrayAddress(right),
    outAddress + from * outputs * BYTES_PER_FLOAT,
    indicesAddress + from * outputs * 4,
  ]);
}

/** dx = 0, then dx[indices[i]] += dy[i]; see `Backend.maxPoolBackward`. */
export function maxPoolBackward(engine: Engine, { dy, indices, dx }: MaxPoolGradient): void {
  const outputs = numbersOfImage(dy);
  const [dyAddress, indicesAddress] = [engine.address(dy), engine.arrayAddress(indices)];
  engine.run(engine.kernels.maxPoolBackward, byImages(dx), (from, to) => [
    dyAddress + from * outputs * BYTES_PER_FLOAT,
    indicesAddress + from * outputs * 4,
    from,
    to - from,
    outputs,
    engine.address(dx),
    numbersOfImage(dx),
  ]);
}

/** Splits by images, because each output depends only on its own image. */
function byImages(x: Tensor): Split {
  return { extent: x.shape[0]!, grain: 1, work: 2 * ELEMENT_COST * x.data.length };
}

function numbersOfImage({ data, shape }: Tensor): number {
  return data.length / shape[0]!;
}
