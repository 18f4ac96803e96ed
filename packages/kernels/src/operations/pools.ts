import type { MaxPool, MaxPoolGradient } from "@nn/tensor";

import type { Engine } from "../engine.ts";

export function maxPool(engine: Engine, { x, top, bottom, left, right, out, places }: MaxPool): void {
  const [images = 0, height = 0, width = 0, channels = 0] = x.shape;
  engine.kernels.maxPool(
    engine.address(x),
    images,
    height,
    width,
    channels,
    top.length,
    left.length,
    engine.addressOf(top),
    engine.addressOf(bottom),
    engine.addressOf(left),
    engine.addressOf(right),
    engine.address(out),
    engine.addressOf(places),
  );
}

export function maxPoolBackward(engine: Engine, { dy, places, dx }: MaxPoolGradient): void {
  const [images = 0] = dy.shape;
  engine.kernels.maxPoolBackward(
    engine.address(dy),
    engine.addressOf(places),
    images,
    dy.data.length / images,
    engine.address(dx),
    dx.data.length / images,
  );
}
