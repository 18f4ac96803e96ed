import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "@nn/platform/files";

import { crc32 } from "@nn/platform/gzip";
import { toPrintableLine } from "@nn/platform/printable";
import { countElements, type Shape } from "@nn/tensor";
import { decode, hasPngSignature } from "fast-png";

import { DatasetError, getErrorReason } from "../errors.ts";
import { readPngHeader, requireAllRows } from "../photos/png-data.ts";

/** Length in bytes of the signature and of the header chunk, including its length, type and CRC. */
const HEADER_LENGTH = 8 + 25;

/** Bytes allowed for other content of a file, such as a color profile or text. */
const MAX_BESIDE = 2 ** 18;

/** Maximum height and width of an image in pixels. */
const LARGEST_SIDE = 16_384;

/** Numbers per pixel, by the color type in the header (PNG specification, table 11.1). */
const channelsOf: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [4, 2],
  [6, 4],
]);

/** A PNG file, as described by its first bytes. */
export interface PngImage {
  /** (H, W, C): C is 1 for grey, 2 for grey with transparency, 3 for color, 4 for color with transparency. */
  readonly shape: Shape;
  /** Copies the bytes (H, W, C) into `out` at `start`. Throws DatasetError for a damaged file. */
  readonly decodeInto: (out: Uint8Array, start: number) => void;
}

/**
 * Reads the size of a PNG file from its header and checks that its chunks are complete. Throws DatasetError
 * for an unsupported file.
 */
export function readPngShape(file: string): Shape {
  const { bytes, size } = startOf(file);
  const shape = shapeOf(file, bytes, size);
  requireEnd(file, size);
  return shape;
}

/** Bytes before a chunk's data (length and type), and after it (CRC); PNG specification, 5.3. */
const [CHUNK_START, CHUNK_CHECK] = [8, 4];
const IEND = 0x49454e44;
const TRNS = 0x74524e53;

/**
 * Throws DatasetError if the file ends before its final chunk (IEND), or has a transparent color. A truncated
 * file is therefore reported before it is decompressed.
 */
function requireEnd(file: string, size: number): void {
  let hasTransparentColor = false;
  const isWhole = reading(file, () => {
    const handle = openSync(file, "r");
    try {
      const bytes = new Uint8Array(CHUNK_START);
      const start = new DataView(bytes.buffer);
      for (let at = 8; at + CHUNK_START + CHUNK_CHECK <= size;) {
        if (readSync(handle, bytes, 0, CHUNK_START, at) < CHUNK_START) return false;
        at += CHUNK_START + start.getUint32(0) + CHUNK_CHECK;
        if (start.getUint32(4) === IEND) return at <= size;
        hasTransparentColor ||= start.getUint32(4) === TRNS;
      }
      return false;
    } finally {
      closeSync(handle);
    }
  });
  if (!isWhole) throw truncated(file, size);
  if (hasTransparentColor) throw transparentColor(file);
}

/**
 * Like `readPngShape`, but reads the whole file and compares the checksums of its chunks. Also decodes the
 * image if `decodes` returns true for its shape. Throws DatasetError for an unsupported or damaged file.
 */
export function checkPng(file: string, decodes: (shape: Shape) => boolean): Shape {
  const { shape, decodeInto } = readPng(file);
  if (decodes(shape)) decodeInto(new Uint8Array(countElements(shape)), 0);
  return shape;
}

/**
 * Reads a PNG file with 8 bits per number and compares the checksums of its chunks. Throws DatasetError for
 * any other file.
 */
export function readPng(file: string): PngImage {
  const bytes = bytesOf(file);
  const shape = shapeOf(file, bytes, bytes.length);
  requireChunks(file, bytes);
  return {
    shape,
    decodeInto(out, start) {
      try {
        requireAllRows(bytes, readPngHeader(bytes));
        out.set(decode(bytes).data, start);
      } catch (error) {
        throw damaged(file, getErrorReason(error), error);
      }
    },
  };
}

/**
 * Throws DatasetError if a chunk is truncated, does not match its checksum (PNG specification, 5.3), or
 * declares a transparent color.
 */
function requireChunks(file: string, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + CHUNK_START + CHUNK_CHECK <= bytes.length;) {
    const end = at + CHUNK_START + view.getUint32(at);
    if (end + CHUNK_CHECK > bytes.length) break;
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
      throw damaged(file, `the checksum of its chunk ${toPrintableLine(name)} is wrong`);
    }
    if (view.getUint32(at + 4) === IEND) return;
    if (view.getUint32(at + 4) === TRNS) throw transparentColor(file);
    at = end + CHUNK_CHECK;
  }
  throw truncated(file, bytes.length);
}

function damaged(file: string, reason: string, cause?: unknown): DatasetError {
  return new DatasetError(
    `${file}: expected an intact PNG file, got one that is damaged (${reason}). Use a complete file.`,
    { cause },
  );
}

function truncated(file: string, size: number): DatasetError {
  return new DatasetError(
    `${file}: expected an intact PNG file, got a truncated one of ${size} bytes. Use a complete file.`,
  );
}

/** The error of an image whose chunk tRNS makes one color transparent (PNG specification, 11.3.2.1). */
function transparentColor(file: string): DatasetError {
  return new DatasetError(
    `${file}: expected transparency in a channel of its own or none, got one transparent color (chunk tRNS). ` +
      "Convert it: magick OLD -depth 8 -define png:color-type=6 NEW.png (color; color-type=4 for grey), or " +
      "without transparency: magick OLD -background white -alpha remove -alpha off NEW.png.",
  );
}

/**
 * Reads the shape from the first bytes of a file of `size` bytes. Throws DatasetError for an unsupported
 * file.
 */
function shapeOf(file: string, bytes: Uint8Array, size: number): Shape {
  const fail = (problem: string, advice: string): never => {
    throw new DatasetError(`${file}: ${problem}. ${advice}`);
  };
  if (bytes.length < 8 || !hasPngSignature(bytes.subarray(0, 8))) {
    const { start, format } = describeStart(bytes);
    const advice = format === "image" ? `${CONVERT}. Or move it elsewhere.` : ADVICE[format];
    fail(`expected a PNG file, got ${start}`, advice);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_LENGTH || view.getUint32(12) !== 0x49484452) {
    return fail(
      `expected a PNG header of ${HEADER_LENGTH} bytes, got a file of ${size} bytes`,
      "Use a complete file.",
    );
  }
  const [width, height, depth, colour] = [view.getUint32(16), view.getUint32(20), bytes[24]!, bytes[25]!];
  const channels = channelsOf.get(colour);
  if (channels === undefined || depth !== 8) {
    const found = colour === 3 ? "a palette" : depth === 1 ? "1 bit" : `${depth} bits`;
    return fail(`expected grey or colours of 8 bits, got ${found}`, `${CONVERT}.`);
  }
  if (width < 1 || height < 1 || width > LARGEST_SIDE || height > LARGEST_SIDE) {
    return fail(
      `expected an image of 1 to ${LARGEST_SIDE} pixels a side, got ${height} × ${width}`,
      "Use another file.",
    );
  }
  const shape = [height, width, channels];
  const max = 2 * countElements(shape) + MAX_BESIDE;
  if (size > max) {
    // A file that is too large for its number of pixels may decompress to far more data.
    fail(`expected at most ${max} bytes for ${height} × ${width} pixels, got ${size}`, `${CONVERT}.`);
  }
  return shape;
}

/** Returns the first bytes of a file and its size. */
function startOf(file: string): { readonly bytes: Uint8Array; readonly size: number } {
  return reading(file, () => {
    if (!statSync(file).isFile()) throw new Error("it is no regular file");
    const handle = openSync(file, "r");
    try {
      const bytes = new Uint8Array(HEADER_LENGTH);
      const length = readSync(handle, bytes, 0, HEADER_LENGTH, 0);
      return { bytes: bytes.subarray(0, length), size: fstatSync(handle).size };
    } finally {
      closeSync(handle);
    }
  });
}

function bytesOf(file: string): Uint8Array {
  return reading(file, () => {
    if (!statSync(file).isFile()) throw new Error("it is no regular file");
    // A copy, because the decoder reads the whole underlying buffer.
    return Uint8Array.from(readFileSync(file));
  });
}

function reading<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new DatasetError(
      `${file}: expected a readable PNG file, got "${getErrorReason(error)}". Move it elsewhere.`,
      {
        cause: error,
      },
    );
  }
}

/** Advice for converting an image with ImageMagick. */
const CONVERT =
  "Convert it: magick OLD -depth 8 -define png:color-type=0 NEW.png (grey; color-type=2 for color)";

/** Advice for a file that is not an image. */
const ADVICE = {
  packed: "Unpack it, and put its images in its place.",
  other: "Replace it, or move it elsewhere.",
};

/** First bytes, as Latin-1, of other files found among images, with their name and kind. */
const BEGINNINGS: readonly (readonly [start: string, name: string, format: "image" | keyof typeof ADVICE])[] =
  [
    ["\xff\xd8", "a JPEG file", "image"],
    ["GIF", "a GIF file", "image"],
    ["BM", "a BMP file", "image"],
    ["RIFF", "a WebP file, perhaps", "image"],
    ["II*\0", "a TIFF file", "image"],
    ["MM\0*", "a TIFF file", "image"],
    ["PK\x03\x04", "a zip archive", "packed"],
    ["\x1f\x8b", "a gzip file", "packed"],
    ["<", "a web page, saved in place of the file?", "other"],
  ];

/** Describes the first bytes and the format that they indicate. */
function describeStart(bytes: Uint8Array): {
  readonly start: string;
  readonly format: "image" | keyof typeof ADVICE;
} {
  if (bytes.length === 0) return { start: "an empty file", format: "other" };
  const hex = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const text = String.fromCharCode(...bytes.subarray(0, 32));
  const known = BEGINNINGS.find(([start]) => text.startsWith(start));
  if (known === undefined) return { start: hex, format: "other" };
  return { start: `${hex} (${known[1]})`, format: known[2] };
}
