import type { Shape } from "@nn/tensor";

import { extractSymbol, type SymbolImage } from "./ink.ts";
import type { Photo } from "./photo.ts";
import { resizeByArea } from "./resize.ts";

/**
 * How a photo is converted to an image of a data set. `symbol`: one symbol, light on black, in a centered
 * box, as in MNIST. `picture`: the whole photo, resized.
 */
export type PhotoStyle = "symbol" | "picture";

/** The size of the symbol's box relative to the image. MNIST has 20 × 20 pixels in 28 × 28. */
const BOX = 20 / 28;

/**
 * Converts a photo to an image (H, W, C) of bytes, as in a data set with images of this shape. A photo that
 * already has this form is not changed. Returns undefined if the photo shows no symbol. As in MNIST, a symbol
 * is scaled to fit a box of 20/28 of the image, and keeps its aspect ratio. Its center of mass is moved to
 * the center of the image (LeCun, Cortes and Burges, "The MNIST database").
 */
export function preparePhoto(photo: Photo, shape: Shape, style: PhotoStyle): Uint8Array | undefined {
  const [height = 1, width = 1] = shape;
  if (style === "picture") return pictureOf(photo, shape);
  if (photo.height === height && photo.width === width && isOnBlack(photo)) return pictureOf(photo, shape);
  const ink = extractSymbol(photo);
  return ink && spread(centered(ink, height, width), shape);
}

/** Whether images of this shape have opacities: their last channel, after grey or color. */
export function hasOpacities([, , channels = 1]: Shape): boolean {
  return channels === 2 || channels === 4;
}

/**
 * Resizes the whole photo. A grey image has the luminance of the photo (Rec. 601). The opacities are 1 if the
 * photo has none.
 */
function pictureOf({ width, height, colors, opacities }: Photo, shape: Shape): Uint8Array {
  const [newHeight = 1, newWidth = 1, channels = 1] = shape;
  const read = (channel: number): Float64Array =>
    Float64Array.from({ length: width * height }, (_, pixel) => {
      if (hasOpacities(shape) && channel === channels - 1) return opacities?.[pixel] ?? 1;
      const [red, green, blue] = [colors[3 * pixel]!, colors[3 * pixel + 1]!, colors[3 * pixel + 2]!];
      return channels < 3 ? 0.299 * red + 0.587 * green + 0.114 * blue : [red, green, blue][channel]!;
    });
  const bytes = new Uint8Array(newHeight * newWidth * channels);
  for (let channel = 0; channel < channels; channel++) {
    const resized = resizeByArea(read(channel), [height, width], [newHeight, newWidth]);
    for (let pixel = 0; pixel < resized.length; pixel++)
      bytes[pixel * channels + channel] = Math.round(255 * resized[pixel]!);
  }
  return bytes;
}

/** Whether all pixels at the edges are black, and some other pixels are not, as in the images of MNIST. */
function isOnBlack({ width, height, colors }: Photo): boolean {
  if (colors.every((value) => value === 0)) return false;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const isEdge = x === 0 || y === 0 || x === width - 1 || y === height - 1;
    if (isEdge && colors[3 * pixel]! + colors[3 * pixel + 1]! + colors[3 * pixel + 2]! > 0) return false;
  }
  return true;
}

function centered(
  { width, height, amounts }: SymbolImage,
  newHeight: number,
  newWidth: number,
): Float64Array {
  const scale = Math.min((BOX * newHeight) / height, (BOX * newWidth) / width);
  const [boxHeight, boxWidth] = [
    Math.max(1, Math.round(scale * height)),
    Math.max(1, Math.round(scale * width)),
  ];
  const box = resizeByArea(amounts, [height, width], [boxHeight, boxWidth]);
  // A thin line of a large photo covers each pixel only partly, but MNIST's strokes are white.
  const brightest = box.reduce((max, amount) => Math.max(max, amount), 0);
  for (let pixel = 0; pixel < box.length; pixel++) box[pixel]! /= brightest;

  let [mass, massX, massY] = [0, 0, 0];
  for (let pixel = 0; pixel < box.length; pixel++) {
    const amount = box[pixel]!;
    mass += amount;
    massX += amount * ((pixel % boxWidth) + 0.5);
    massY += amount * (Math.floor(pixel / boxWidth) + 0.5);
  }
  const left = clamp(Math.round(newWidth / 2 - massX / mass), 0, newWidth - boxWidth);
  const top = clamp(Math.round(newHeight / 2 - massY / mass), 0, newHeight - boxHeight);
  const image = new Float64Array(newHeight * newWidth);
  for (let y = 0; y < boxHeight; y++)
    for (let x = 0; x < boxWidth; x++) image[(top + y) * newWidth + left + x] = box[y * boxWidth + x]!;
  return image;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/** Copies one channel, 0 … 1, to all channels as bytes, except to the opacities, which are 255. */
function spread(image: Float64Array, shape: Shape): Uint8Array {
  const [, , channels = 1] = shape;
  return Uint8Array.from({ length: image.length * channels }, (_, index) =>
    hasOpacities(shape) && index % channels === channels - 1
      ? 255
      : Math.round(255 * image[Math.floor(index / channels)]!),
  );
}
