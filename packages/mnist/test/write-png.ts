import { crc32, deflateSync } from "node:zlib";

/** Color type by numbers per pixel (PNG specification, table 11.1). */
const colourTypes: readonly number[] = [0, 0, 4, 2, 6];

/** Changes that make an otherwise valid image invalid or unusual. */
export interface PngChanges {
  readonly depth?: number;
  readonly colourType?: number;
  /** The filter of each row, 0 to 4. Default: none. */
  readonly filters?: readonly number[];
  /** The compressed data. Default: those of the pixels. */
  readonly data?: Uint8Array;
  /** The transparent color (chunk tRNS): 16 bits per number. Default: none. */
  readonly transparent?: Uint8Array;
}

/**
 * Writes an 8-bit PNG file from the specification, with zlib alone, as an independent test of the reader.
 * `pixels` (H, W, C).
 */
export function encodePng(
  [height, width, channels]: readonly [number, number, number],
  pixels: ArrayLike<number>,
  { depth = 8, colourType = colourTypes[channels]!, filters = [], data, transparent }: PngChanges = {},
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, 0], 8);
  const line = width * channels;
  const rows = Buffer.alloc(height * (line + 1));
  for (let y = 0; y < height; y++) {
    const filter = filters[y] ?? 0;
    rows[y * (line + 1)] = filter;
    for (let x = 0; x < line; x++) {
      const at = (dy: number, dx: number): number =>
        y < dy || x < dx ? 0 : pixels[(y - dy) * line + x - dx]!;
      const left = at(0, channels);
      const [above, corner] = [at(1, 0), at(1, channels)];
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      rows[y * (line + 1) + 1 + x] = pixels[y * line + x]! - guess;
    }
  }
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    transparent === undefined ? new Uint8Array() : chunk("tRNS", transparent),
    chunk("IDAT", data ?? deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** Returns the neighbor nearest to left + above − corner (PNG specification, 9.4). */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
