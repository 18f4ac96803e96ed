import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";

import { sizeOf, type Shape } from "@nn/tensor";
import { decode, hasPngSignature } from "fast-png";

import { DatasetError, reasonOf } from "./errors.ts";

/** The signature, and the header chunk with its length, name and check. */
const HEADER_LENGTH = 8 + 25;

/** What a file may have beside its pixels: a profile of its colours, a text. */
const MOST_BESIDE = 2 ** 18;

/** The largest side of an image. */
const LARGEST_SIDE = 16_384;

/** Numbers to a pixel by the colour type of the header (PNG specification, table 11.1). */
const channelsOf: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [4, 2],
  [6, 4],
]);

/** An image file, as its first bytes describe it. */
export interface PngImage {
  /** (H, W, C): C is 1 for grey, 2 with transparency, 3 for colours, 4 with transparency. */
  readonly shape: Shape;
  /** Its bytes (H, W, C), copied into `out` at `start`. Throws DatasetError for a file that is damaged. */
  readonly decodeInto: (out: Uint8Array, start: number) => void;
}

/** Reads no more of a PNG file than what says its size. Throws DatasetError for a file whose first bytes are none of ours. */
export function readPngShape(file: string): Shape {
  const { bytes, size } = startOf(file);
  return shapeOf(file, bytes, size);
}

/** Reads a PNG file of 8 bits a number. Throws DatasetError for any other file. */
export function readPng(file: string): PngImage {
  const bytes = bytesOf(file);
  const shape = shapeOf(file, bytes, bytes.length);
  return {
    shape,
    decodeInto(out, start) {
      try {
        out.set(decode(bytes, { checkCrc: true }).data, start);
      } catch (error) {
        throw new DatasetError(
          `${file}: expected an intact PNG file, got one that does not unpack (${reasonOf(error)}). Use a whole file.`,
          { cause: error },
        );
      }
    },
  };
}

/** By the first bytes of a file of `size` bytes. */
function shapeOf(file: string, bytes: Uint8Array, size: number): Shape {
  const fail = (problem: string, advice: string): never => {
    throw new DatasetError(`${file}: ${problem}. ${advice}`);
  };
  if (bytes.length < 8 || !hasPngSignature(bytes.subarray(0, 8))) {
    fail(`expected a PNG file, got ${describeStart(bytes)}`, `${CONVERT}. Or move it elsewhere.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_LENGTH || view.getUint32(12) !== 0x49484452) {
    return fail(
      `expected a PNG header of ${HEADER_LENGTH} bytes, got a file of ${size} bytes`,
      "Use a whole file.",
    );
  }
  const [width, height, depth, colour] = [view.getUint32(16), view.getUint32(20), bytes[24]!, bytes[25]!];
  const channels = channelsOf.get(colour);
  if (channels === undefined || depth !== 8) {
    const found = colour === 3 ? "a palette" : `${depth} bits`;
    return fail(`expected grey or colours of 8 bits, got ${found}`, `${CONVERT}.`);
  }
  if (width < 1 || height < 1 || width > LARGEST_SIDE || height > LARGEST_SIDE) {
    return fail(
      `expected an image of 1 to ${LARGEST_SIDE} pixels a side, got ${height} × ${width}`,
      "Use another file.",
    );
  }
  const shape = [height, width, channels];
  const most = 2 * sizeOf(shape) + MOST_BESIDE;
  if (size > most) {
    // So that a small image cannot unpack to an endless one.
    fail(`expected at most ${most} bytes for ${height} × ${width} pixels, got ${size}`, `${CONVERT}.`);
  }
  return shape;
}

/** The first bytes of a file, and how many it has. */
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
    // A copy of its own: the decoder reads the whole buffer that its bytes lie in.
    return Uint8Array.from(readFileSync(file));
  });
}

function reading<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new DatasetError(
      `${file}: expected a readable PNG file, got "${reasonOf(error)}". Move it elsewhere.`,
      {
        cause: error,
      },
    );
  }
}

/** How the usual tool writes what we read. */
const CONVERT =
  "Convert it: magick OLD -depth 8 -define png:color-type=0 NEW.png writes grey, with 2 in place of 0 colours";

/** The first bytes, and what they give away. */
function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return `${start} (a JPEG file)`;
  if (bytes[0] === 0x47 && bytes[1] === 0x49) return `${start} (a GIF file)`;
  if (bytes[0] === 0x3c) return `${start} (a web page, saved in place of the file?)`;
  return start;
}
