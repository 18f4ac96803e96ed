import type { GaussianNoise, Resampling, Tensor } from "@nn/tensor";

import { BYTES_PER_FLOAT, type Engine } from "../engine.ts";
import type { Split } from "../threads/split.ts";

/** Black pixels around an image, per axis; see assembly/resampling.ts. */
const BORDER = 3;

/** Cost of interpolating or drawing one number, in multiply-adds. */
const COST = 64;

/** Resamples images in place, split by images; see `Backend.resample`. */
export function resample(engine: Engine, { x, maps, displacements, strength = 0, black }: Resampling): void {
  const [images = 0, height = 0, width = 0, channels = 0] = x.shape;
  const workspaceBytes = (height + BORDER) * (width + BORDER) * BYTES_PER_FLOAT;
  engine.run(engine.kernels.resample, by(images, x), (from, to, thread) => [
    engine.address(x),
    from,
    to,
    images,
    height,
    width,
    channels,
    engine.address(maps),
    displacements === undefined ? 0 : engine.address(displacements),
    strength,
    black,
    engine.workspace(workspaceBytes, thread),
  ]);
}

/** Fills `out` with uniform numbers, split by rows; see `Backend.drawUniforms`. */
export function drawUniforms(engine: Engine, keys: Int32Array, out: Tensor): void {
  const [rows = 0, images = 0, length = 0] = out.shape;
  const [keysAddress, outAddress] = [engine.arrayAddress(keys), engine.address(out)];
  engine.run(engine.kernels.drawUniforms, by(rows, out), (from, to) => [
    keysAddress,
    from,
    to - from,
    images,
    length,
    outAddress + from * images * length * BYTES_PER_FLOAT,
  ]);
}

/** Adds noise to images in place, split by images; see `Backend.addNoise`. */
export function addNoise(engine: Engine, { x, keys, radii, directions, low, high }: GaussianNoise): void {
  const images = x.shape[0]!;
  const length = x.data.length / images;
  const [xAddress, keysAddress] = [engine.address(x), engine.arrayAddress(keys)];
  engine.run(engine.kernels.addNoise, by(images, x), (from, to) => [
    xAddress + from * length * BYTES_PER_FLOAT,
    to - from,
    length,
    keysAddress + from * 8,
    engine.address(radii),
    engine.address(directions),
    low,
    high,
  ]);
}

function by(extent: number, { data }: Tensor): Split {
  return { extent, grain: 1, work: COST * data.length };
}
