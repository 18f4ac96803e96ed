import { inflate } from "@nn/platform/gzip";

/** The fields of the header of a PNG file (PNG specification, 11.2.2). */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per number. */
  readonly depth: number;
  /** 0: grey, 2: color, 3: a palette, 4: grey with transparency, 6: color with transparency. */
  readonly type: number;
  readonly isInterlaced: boolean;
}

/** Numbers per pixel and the allowed depths, by color type (PNG specification, table 11.1). */
const TYPES: ReadonlyMap<number, { readonly channels: number; readonly depths: readonly number[] }> = new Map(
  [
    [0, { channels: 1, depths: [1, 2, 4, 8, 16] }],
    [2, { channels: 3, depths: [8, 16] }],
    [3, { channels: 1, depths: [1, 2, 4, 8] }],
    [4, { channels: 2, depths: [8, 16] }],
    [6, { channels: 4, depths: [8, 16] }],
  ],
);

/** The passes of an interlaced image: first column and row, and their steps (PNG specification, 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

const IHDR = 0x49484452;
const IDAT = 0x49444154;
const IEND = 0x49454e44;
const EXIF = 0x65584966;
/** Length of the signature, and of the length, type and checksum around the data of a chunk. */
const [SIGNATURE, AROUND] = [8, 12];

/** Reads the header of a PNG file. Throws Error for a header that the specification does not allow. */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < SIGNATURE + AROUND + 13 || view.getUint32(12) !== IHDR)
    throw new Error("it has no header");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth = 0, type = 0, , , interlace = 0] = bytes.subarray(24);
  if (width < 1 || height < 1) throw new Error(`it has ${width} × ${height} pixels`);
  const known = TYPES.get(type);
  if (known === undefined || !known.depths.includes(depth))
    throw new Error(`its header has the color type ${type} with ${depth} bits`);
  return { width, height, depth, type, isInterlaced: interlace === 1 };
}

/**
 * Throws Error unless the length of the image data matches the header. A decoder would fill in missing data,
 * and would decompress data of any length.
 */
export function requireAllRows(bytes: Uint8Array, header: PngHeader): void {
  const expected = lengthOfRows(header);
  const length = lengthOf(packedData(bytes), expected);
  if (length === undefined) throw new Error(`its data is larger than the ${expected} bytes for its size`);
  if (length !== expected)
    throw new Error(`its data has ${length} bytes instead of the ${expected} for its size`);
}

/** Returns the decompressed length, or undefined for more than `max` bytes. Throws the error of zlib. */
function lengthOf(packed: Uint8Array, max: number): number | undefined {
  try {
    return inflate(packed, max).length;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
}

/** Returns the number of bytes of all rows, each with its filter (PNG specification, 7.2 and 8.2). */
function lengthOfRows({ width, height, depth, type, isInterlaced }: PngHeader): number {
  const bits = depth * TYPES.get(type)!.channels;
  const passes = isInterlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return passes.reduce((sum, [left, top, right, down]) => {
    const [columns, rows] = [Math.ceil((width - left) / right), Math.ceil((height - top) / down)];
    return columns < 1 || rows < 1 ? sum : sum + rows * (1 + Math.ceil((columns * bits) / 8));
  }, 0);
}

/** Returns the data of all IDAT chunks. Throws Error if the final chunk is missing. */
function packedData(bytes: Uint8Array): Uint8Array {
  const packed = new Uint8Array(bytes.length);
  let length = 0;
  for (const { name, data } of listChunks(bytes)) {
    if (name === IEND) return packed.subarray(0, length);
    if (name !== IDAT) continue;
    packed.set(data, length);
    length += data.length;
  }
  throw new Error("its end is missing");
}

/** Returns the Exif data of a PNG file; undefined if it has none (PNG specification, eXIf). */
export function readPngExif(bytes: Uint8Array): Uint8Array | undefined {
  return listChunks(bytes).find(({ name }) => name === EXIF)?.data;
}

/** Iterates over the complete chunks of a PNG file. */
function* listChunks(bytes: Uint8Array): Generator<{ readonly name: number; readonly data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE; at + AROUND <= bytes.length;) {
    const [size, name] = [view.getUint32(at), view.getUint32(at + 4)];
    if (at + AROUND + size > bytes.length) return;
    yield { name, data: bytes.subarray(at + 8, at + 8 + size) };
    at += AROUND + size;
  }
}
