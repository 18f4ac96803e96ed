import { useEffect, useState } from "preact/hooks";

import type { ImageSprite } from "../../data/network-data.ts";

/** The decoded images of a report. */
export interface Images {
  readonly sprite: ImageSprite;
  readonly picture: HTMLImageElement;
}

const decoded = new WeakMap<ImageSprite, Promise<Images>>();

/** Decodes the images of a sprite, once for the whole page. */
export function decodeImages(sprite: ImageSprite): Promise<Images> {
  const known = decoded.get(sprite);
  if (known !== undefined) return known;
  const decoding = new Promise<Images>((resolve, reject) => {
    const picture = new Image();
    picture.addEventListener("load", () => resolve({ sprite, picture }));
    picture.addEventListener("error", () => reject(new Error("The images of the report are damaged.")));
    picture.src = sprite.url;
  });
  decoded.set(sprite, decoding);
  return decoding;
}

/** Returns the decoded images; undefined until they are ready, or if there are none. */
export function useImages(sprite: ImageSprite | null | undefined): Images | undefined {
  const [images, setImages] = useState<Images>();
  useEffect(() => {
    if (sprite) void decodeImages(sprite).then(setImages);
  }, [sprite]);
  return images?.sprite === sprite ? images : undefined;
}

/** Draws an image of the sprite on a canvas of the same size. */
export function drawImage({ sprite, picture }: Images, item: number, canvas: HTMLCanvasElement): void {
  const { width, height, columns } = sprite;
  canvas.width = width;
  canvas.height = height;
  const [x, y] = [(item % columns) * width, Math.floor(item / columns) * height];
  canvas.getContext("2d")?.drawImage(picture, x, y, width, height, 0, 0, width, height);
}

/** Returns the bytes (H, W, channels) of an image of the sprite; `channels` is 1 or 3. */
export function getPixels(images: Images, item: number, channels: number): Uint8Array {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  drawImage(images, item, canvas);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint8Array((data.length / 4) * channels);
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = data[4 * Math.floor(at / channels) + (at % channels)]!;
  return pixels;
}
