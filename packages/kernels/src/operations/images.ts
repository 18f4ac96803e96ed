import type { Noise, Resampling, Tensor } from "@nn/tensor";

import type { Engine } from "../engine.ts";

/** Black pixels beside a resampled image, and above and below it: assembly/resampling.ts. */
const BORDER = 3;

export function resample(engine: Engine, { x, maps, displacements, strength = 0, black }: Resampling): void {
  const [images = 0, height = 0, width = 0, channels = 0] = x.shape;
  engine.kernels.resample(
    engine.address(x),
    images,
    height,
    width,
    channels,
    engine.address(maps),
    displacements === undefined ? 0 : engine.address(displacements),
    strength,
    black,
    engine.roomFor((height + BORDER) * (width + BORDER) * 4),
  );
}

export function drawUniforms(engine: Engine, keys: Int32Array, out: Tensor): void {
  const [rows = 0, images = 0, length = 0] = out.shape;
  engine.kernels.drawUniforms(engine.addressOf(keys), rows, images, length, engine.address(out));
}

export function addNoise(engine: Engine, { x, keys, radii, directions, low, high }: Noise): void {
  const images = x.shape[0]!;
  engine.kernels.addNoise(
    engine.address(x),
    images,
    x.data.length / images,
    engine.addressOf(keys),
    engine.address(radii),
    engine.address(directions),
    low,
    high,
  );
}
