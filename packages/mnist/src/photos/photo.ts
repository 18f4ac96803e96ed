import { convertIndexedToRgb, decode as decodePng, hasPngSignature } from "fast-png";

import { decodeJpeg } from "#platform/jpeg";

import { DatasetError, getErrorReason } from "../errors.ts";
import { orientImage, readOrientation, type OrientedImage } from "./orientation.ts";
import { readPngExif, readPngHeader, requireAllRows } from "./png-data.ts";

/** An image of any size. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  /**
   * (height, width, 3) in row-major order: red, green and blue, 0 … 1. Without `opacities`, on white where
   * the image is transparent.
   */
  readonly colors: Float64Array;
  /** (height, width) in row-major order, from 0 (transparent) to 1. */
  readonly opacities?: Float64Array;
}

/** Maximum number of pixels to decode. The sensors of phones have up to 64 megapixels. */
const MAX_PIXELS = 2 ** 26;
/**
 * Images with more pixels are reduced. A symbol that is a quarter of the width then still has about 400
 * columns.
 */
const MAX_KEPT = 2e6;

/**
 * Decodes a PNG or JPEG file of any kind: grey or color, 1 to 16 bits, with a palette or transparency.
 * `file` is its name in messages. The image is turned by its Exif orientation. An image of more than two
 * megapixels is reduced by a whole factor, each pixel the mean of a block. With `keepsOpacities`, the
 * photo has opacities, and its colors are not mixed with white. Throws DatasetError for another format, a
 * damaged file or a huge image.
 */
export async function decodePhoto(bytes: Uint8Array, file: string, keepsOpacities = false): Promise<Photo> {
  const isPng = bytes.length >= 8 && hasPngSignature(bytes.subarray(0, 8));
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isPng && !isJpeg) {
    throw new DatasetError(
      `${file}: expected a PNG or JPEG image, got ${bytes.length === 0 ? "an empty file" : "another format"}. ` +
        `Save the image as PNG or JPEG.`,
    );
  }
  const frame = isPng ? undefined : jpegFrame(bytes);
  checkSize(isPng ? pngSize(bytes) : frame, file);
  if (frame?.components === 4) {
    throw new DatasetError(`${file}: expected a JPEG image in grey or RGB, got CMYK. Save it as RGB.`);
  }
  try {
    return isPng
      ? photoOfPng(bytes, file, keepsOpacities)
      : photoOfRgba(await decodeJpeg(bytes), keepsOpacities);
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw new DatasetError(
      `${file}: expected an intact ${isPng ? "PNG" : "JPEG"} image, got one that cannot be decoded ` +
        `(${getErrorReason(error)}). Use an intact file.`,
      { cause: error },
    );
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function checkSize(size: Size | undefined, file: string): void {
  if (size === undefined || size.width * size.height <= MAX_PIXELS) return;
  throw new DatasetError(
    `${file}: expected at most ${Math.floor(MAX_PIXELS / 1e6)} megapixels, got ${size.width} × ${size.height} ` +
      `pixels. Scale it down: the network sees a small image in any case.`,
  );
}

/** Width and height of a PNG file are the first fields of its header chunk (PNG specification, 11.2.2). */
function pngSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Finds the frame header of a JPEG file, a segment SOF0 … SOF15 (ITU-T T.81, B.2.2). */
function jpegFrame(bytes: Uint8Array): (Size & { readonly components: number | undefined }) | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components: bytes[at + 9] };
    }
    if (marker >> 8 !== 0xff) return undefined;
  }
  return undefined;
}

function photoOfPng(bytes: Uint8Array, file: string, keepsOpacities: boolean): Photo {
  const header = readPngHeader(bytes);
  requireAllRows(bytes, header);
  if (header.isInterlaced && header.depth < 8) {
    throw new DatasetError(
      `${file}: expected a PNG image with 8 bits per number or without interlacing, got an interlaced one with ` +
        `${header.depth}. Save it without interlacing.`,
    );
  }
  // A copy, because the decoder reads the whole underlying buffer.
  const image = decodePng(Uint8Array.from(bytes), { checkCrc: true });
  const { width, height } = image;
  // Images of other types may contain a suggested palette for displays with few colors. Their pixels do not
  // use it.
  const indexed = header.type === 3;
  const data = indexed
    ? convertIndexedToRgb(image)
    : unpackBits(image.data, image.depth, width * image.channels);
  const channels = indexed ? data.length / (width * height) : image.channels;
  // The single transparent color of an image without opacities (PNG specification, 11.3.2.1).
  const key = indexed ? undefined : image.transparency;
  const isKey = (at: number): boolean => key?.every((part, channel) => data[at + channel] === part) === true;
  const largest = indexed ? 255 : 2 ** Math.max(image.depth, 1) - 1;
  const exif = readPngExif(bytes);
  const turned = orientImage(width, height, exif === undefined ? 1 : readOrientation(exif));
  return photoOf(turned, keepsOpacities, (pixel) => {
    const at = pixel * channels;
    const value = (channel: number): number => data[at + channel]! / largest;
    const alpha = channels % 2 === 0 ? value(channels - 1) : isKey(at) ? 0 : 1;
    const isGrey = channels < 3;
    return [value(0), value(isGrey ? 0 : 1), value(isGrey ? 0 : 2), alpha];
  });
}

/**
 * Returns one number per channel. Numbers of 1, 2 or 4 bits are packed into bytes, with the first number in
 * the highest bits. Each row starts with a new byte (PNG specification, 7.2).
 */
function unpackBits(data: ArrayLike<number>, depth: number, perRow: number): ArrayLike<number> {
  if (depth >= 8) return data;
  const perByte = 8 / depth;
  const bytesPerRow = Math.ceil(perRow / perByte);
  const rows = data.length / bytesPerRow;
  return Uint8Array.from({ length: rows * perRow }, (_, index) => {
    const column = index % perRow;
    const byte = data[Math.floor(index / perRow) * bytesPerRow + Math.floor(column / perByte)]!;
    return (byte >> (8 - depth * ((column % perByte) + 1))) & (2 ** depth - 1);
  });
}

function photoOfRgba(
  { width, height, data }: Size & { readonly data: ArrayLike<number> },
  keepsOpacities: boolean,
): Photo {
  // The decoder has turned the image.
  return photoOf(orientImage(width, height, 1), keepsOpacities, (pixel) => {
    const at = 4 * pixel;
    return [data[at]! / 255, data[at + 1]! / 255, data[at + 2]! / 255, 1];
  });
}

/** Averages blocks of pixels. The blocks are as small as possible for at most MAX_KEPT pixels. */
function photoOf(
  { width, height, indexOf }: OrientedImage,
  keepsOpacities: boolean,
  read: (pixel: number) => readonly [red: number, green: number, blue: number, alpha: number],
): Photo {
  const factor = Math.ceil(Math.sqrt((width * height) / MAX_KEPT));
  const [columns, rows] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const colors = new Float64Array(columns * rows * 3);
  const opacities = new Float64Array(keepsOpacities ? columns * rows : 0);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / factor);
    const blockHeight = Math.min(factor, height - row * factor);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / factor);
      const block = blockHeight * Math.min(factor, width - column * factor);
      const kept = row * columns + column;
      const at = 3 * kept;
      const [red, green, blue, opacity] = read(indexOf(x, y));
      if (keepsOpacities) opacities[kept]! += opacity / block;
      const alpha = keepsOpacities ? 1 : opacity;
      colors[at]! += (alpha * red + 1 - alpha) / block;
      colors[at + 1]! += (alpha * green + 1 - alpha) / block;
      colors[at + 2]! += (alpha * blue + 1 - alpha) / block;
    }
  }
  return { width: columns, height: rows, colors, ...(keepsOpacities && { opacities }) };
}
