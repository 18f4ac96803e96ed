import { crc32, deflateSync } from "node:zlib";

import type { RandomChoices } from "./random-choices.ts";
import { hostileTexts } from "./random-choices.ts";

/** A chunk of a PNG file. */
export type PngChunk = readonly [type: string, data: Uint8Array];

/** A PNG file, and the colors that a reader must decode. */
export interface RandomPng {
  readonly chunks: readonly PngChunk[];
  readonly width: number;
  readonly height: number;
  /** (height, width, 3), 0 … 1, on white where it is transparent. */
  readonly colors: Float64Array;
  readonly what: string;
  /** False for images that `predict` rejects with advice, such as interlaced ones with fewer than 8 bits. */
  readonly isSupported: boolean;
}

// The tables are also in packages/mnist/src/photos/png-data.ts, whose reader these files test. With shared
// tables, a wrong number would be wrong on both sides.
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First column and row, and steps, of the seven passes (PNG specification, 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Returns the bytes of a file with these chunks. */
export function encodePng(chunks: readonly PngChunk[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat([SIGNATURE, ...chunks.map(encodeChunk)]));
}

/** Returns a chunk with its length, its type and its checksum. */
export function encodeChunk([type, data]: PngChunk): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([encodeUint32(data.length), named, encodeUint32(crc32(named))]);
}

export function encodeUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function encodeHeader(width: number, height: number, rest: readonly number[]): PngChunk {
  return ["IHDR", Buffer.concat([encodeUint32(width), encodeUint32(height), Uint8Array.from(rest)])];
}

/** Generates a PNG file with a random color type, depth, filter, interlacing and content. */
export function createRandomPng(chance: RandomChoices): RandomPng {
  const type = chance.one([0, 2, 3, 4, 6]);
  const depth = chance.one(DEPTHS[type]!);
  const channels = CHANNELS[type]!;
  const [width, height] = sizeOf(chance);
  const isInterlaced = chance.is(0.35);
  const isFlat = chance.is(0.1);
  const max = 2 ** depth - 1;
  const palette = type === 3 ? chance.bytes(3 * chance.integer(1, max + 1)) : new Uint8Array();
  const largest = type === 3 ? palette.length / 3 - 1 : max;
  const flat = Array.from({ length: channels }, () => chance.integer(0, largest));
  const samples = Array.from({ length: width * height * channels }, (_, index) =>
    isFlat ? flat[index % channels]! : chance.integer(0, largest),
  );
  const transparent = [0, 2, 3].includes(type) && chance.is(0.3);
  const opacity =
    type === 3 && transparent ? chance.bytes(chance.integer(1, palette.length / 3)) : new Uint8Array();
  const key = samples.slice(0, channels);
  const parts: PngChunk[] = [encodeHeader(width, height, [depth, type, 0, 0, isInterlaced ? 1 : 0])];
  if (chance.is(0.2)) parts.push(["gAMA", encodeUint32(45455)]);
  if (chance.is(0.2)) parts.push(textChunk(chance));
  const isAnimated = chance.is(0.1);
  if (isAnimated) {
    parts.push(["acTL", Buffer.concat([encodeUint32(2), encodeUint32(0)])]);
    parts.push(["fcTL", frame(0, width, height)]);
  }
  if (type === 3) parts.push(["PLTE", palette]);
  // A suggested palette for viewers with few colors (PNG specification, 11.2.3).
  const isSuggested = (type === 2 || type === 6) && chance.is(0.2);
  if (isSuggested) parts.push(["PLTE", chance.bytes(12)]);
  if (transparent) {
    const values = Buffer.concat(key.map((value) => encodeUint32(value).subarray(2)));
    parts.push(["tRNS", type === 3 ? opacity : values]);
  }
  if (chance.is(0.1))
    parts.push(["pHYs", Buffer.concat([encodeUint32(2835), encodeUint32(2835), Uint8Array.of(1)])]);
  const packed = deflateSync(rowsOf({ samples, width, height, channels, depth, isInterlaced }, chance));
  const cuts = chance.is(0.3) ? [chance.integer(0, packed.length), chance.integer(0, packed.length)] : [];
  const ends = [0, ...cuts.toSorted((a, b) => a - b), packed.length];
  for (let n = 1; n < ends.length; n++) parts.push(["IDAT", packed.subarray(ends[n - 1], ends[n])]);
  if (isAnimated) {
    parts.push(["fcTL", frame(1, width, height)]);
    parts.push(["fdAT", Buffer.concat([encodeUint32(2), packed])]);
  }
  if (chance.is(0.2)) parts.push(textChunk(chance));
  parts.push(["IEND", new Uint8Array()]);

  const colors = new Float64Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const own = samples.slice(pixel * channels, (pixel + 1) * channels);
    const [red = 0, green = red, blue = red] =
      type === 3
        ? Array.from(palette.subarray(3 * own[0]!, 3 * own[0]! + 3), (value) => value / 255)
        : own.slice(0, type === 4 ? 1 : 3).map((value) => value / max);
    let alpha = channels % 2 === 0 ? own[channels - 1]! / max : 1;
    if (transparent && type === 3) alpha = (opacity[own[0]!] ?? 255) / 255;
    else if (transparent && own.every((value, index) => value === key[index])) alpha = 0;
    for (const [index, value] of [red, green, blue].entries())
      colors[3 * pixel + index] = alpha * value + 1 - alpha;
  }
  const marks = [
    isInterlaced ? "interlaced" : "",
    transparent ? "tRNS" : "",
    isAnimated ? "APNG" : "",
    isSuggested ? "suggested palette" : "",
  ].filter((mark) => mark !== "");
  // The library also refuses a transparent color of three numbers for an image of fewer than three pixels.
  const isSupported =
    (!isInterlaced || depth >= 8) && !(transparent && type === 2 && width * height < channels);
  const what = [`PNG type ${type}, ${depth} bits, ${width} × ${height}`, ...marks].join(", ");
  return { chunks: parts, width, height, colors, what, isSupported };
}

function sizeOf(chance: RandomChoices): readonly [number, number] {
  return chance.weighted<() => readonly [number, number]>([
    [6, () => [chance.integer(1, 24), chance.integer(1, 24)]],
    [2, () => [8, 8]],
    [1, () => [1, 1]],
    [0.1, () => chance.one([[1, 10_000] as const, [10_000, 1] as const])],
  ])();
}

function textChunk(chance: RandomChoices): PngChunk {
  return ["tEXt", Buffer.from(`Comment\0${chance.one(hostileTexts)}`, "latin1")];
}

function frame(sequence: number, width: number, height: number): Buffer {
  const sizes = [sequence, width, height, 0, 0].map(encodeUint32);
  return Buffer.concat([...sizes, Uint8Array.of(0, 1, 0, 10, 0, 0)]);
}

interface Samples {
  readonly samples: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly depth: number;
  readonly isInterlaced: boolean;
}

/** Returns the filtered rows of all passes. */
function rowsOf(
  { samples, width, height, channels, depth, isInterlaced }: Samples,
  chance: RandomChoices,
): Buffer {
  const passes = isInterlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  const back = Math.max(1, (channels * depth) >> 3);
  const rows: Buffer[] = [];
  for (const [left, top, right, down] of passes) {
    let above: Buffer | undefined;
    if (left >= width) continue;
    for (let y = top; y < height; y += down) {
      const values: number[] = [];
      for (let x = left; x < width; x += right)
        for (let channel = 0; channel < channels; channel++)
          values.push(samples[(y * width + x) * channels + channel]!);
      const row = packedBits(values, depth);
      rows.push(filtered(row, above, back, chance.integer(0, 4)));
      above = row;
    }
  }
  return Buffer.concat(rows);
}

function packedBits(values: readonly number[], depth: number): Buffer {
  const row = Buffer.alloc(Math.ceil((values.length * depth) / 8));
  for (const [index, value] of values.entries()) {
    if (depth === 16) row.writeUInt16BE(value, 2 * index);
    else row[(index * depth) >> 3]! |= value << (8 - depth - ((index * depth) & 7));
  }
  return row;
}

/** Returns a filtered row (PNG specification, 9.2), preceded by the number of the filter. */
function filtered(row: Buffer, above: Buffer | undefined, back: number, filter: number): Buffer {
  const bytes = Buffer.alloc(row.length + 1);
  bytes[0] = filter;
  for (let at = 0; at < row.length; at++) {
    const a = at >= back ? row[at - back]! : 0;
    const b = above?.[at] ?? 0;
    const c = at >= back ? (above?.[at - back] ?? 0) : 0;
    bytes[at + 1] = row[at]! - [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter]!;
  }
  return bytes;
}

function paeth(a: number, b: number, c: number): number {
  const [byA, byB, byC] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (byA <= byB && byA <= byC) return a;
  return byB <= byC ? b : c;
}
