import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "@nn/platform/files";

import { IdxError, getErrorReason } from "../errors.ts";
import {
  decompressStart,
  decompressExactly,
  getUnpackedLength,
  isGzip,
  type ThrowFileError,
} from "./gzip.ts";

/** The content of an IDX file of unsigned bytes. */
export interface IdxArray {
  /** (N) for labels, (N, H, W) for images. */
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly data: Uint8Array;
}

/** The expected properties of a file, and texts for error messages. */
export interface IdxExpectation {
  /** The path of the file, or another name that identifies it for the user. */
  readonly file: string;
  /** 1 for labels, 3 for images. */
  readonly dimensions: 1 | 3;
  /** Advice for a damaged file: a full sentence at the end of every message. */
  readonly remedy?: string;
  /** Advice for a file whose numbers are not bytes; replaces `remedy`. */
  readonly otherTypeRemedy?: string;
  /** Advice for a complete file with another number of dimensions; replaces `remedy`. */
  readonly otherDimensionsRemedy?: string;
}

const byteOrderRemedy =
  'Write each number of the header with its most significant byte first, such as with the type ">u4" of NumPy.';

const unsignedByte = 0x08;
const elementTypes: ReadonlyMap<number, string> = new Map([
  [unsignedByte, "unsigned bytes"],
  [0x09, "signed bytes"],
  [0x0b, "16-bit integers"],
  [0x0c, "32-bit integers"],
  [0x0d, "32-bit floats"],
  [0x0e, "64-bit floats"],
]);

/**
 * Maximum size of a file, 2 GiB. An array can have this size on every machine, and indices fit in 32 bits.
 */
const largestSize = 2 ** 31;

/**
 * Reads an IDX file of unsigned bytes, plain or gzipped, as its first bytes show. Throws IdxError if the file
 * is unreadable or damaged.
 */
export function readIdxFile(expectation: IdxExpectation): IdxArray {
  let bytes: Uint8Array;
  try {
    const { size } = statSync(expectation.file);
    // Check the size first, so that a file that is too large does not take memory.
    if (size > largestSize) failing(expectation)(`expected at most 2 GiB, got ${size} bytes`);
    bytes = readFileSync(expectation.file);
  } catch (error) {
    if (error instanceof IdxError) throw error;
    return failing(expectation)(`expected a readable file, got "${getErrorReason(error)}"`);
  }
  return decodeIdx(bytes, expectation);
}

/** Number of bytes to read for a header: more than any header needs, gzipped or not. */
const startLength = 4096;

/**
 * Returns the shape in the header of an IDX file of unsigned bytes, plain or gzipped. Checks the length of a
 * plain file, and decompresses a gzipped file to check its content. Throws IdxError.
 */
export function readIdxShape(expectation: IdxExpectation): readonly number[] {
  const fail = failing(expectation);
  const { bytes, size } = readStart(expectation);
  if (isGzip(bytes)) return readIdxFile(expectation).shape;
  const { shape, end } = parseHeader(bytes, size, expectation, fail);
  requireLength(size, end, fail);
  return shape;
}

/** Returns whether a file is gzipped. Throws IdxError if it cannot be read. */
export function isGzippedIdx(expectation: IdxExpectation): boolean {
  return isGzip(readStart(expectation).bytes);
}

/** The number of bytes of a plain file that are read at once. */
const chunkLength = 2 ** 20;

/**
 * Yields the elements of an IDX file of unsigned bytes, plain or gzipped, in order and in chunks. Reads a
 * chunk only when it is requested. The first chunk of a gzipped file contains its first elements; a second
 * chunk, if needed, contains all elements. A chunk is valid until the next one is requested. Throws IdxError.
 */
export function* readIdxChunks(expectation: IdxExpectation): Generator<Uint8Array> {
  const fail = failing(expectation);
  const { bytes, size } = readStart(expectation);
  const isPacked = isGzip(bytes);
  const unpacked = isPacked ? decompressStart(bytes, fail) : bytes;
  const { start, end } = parseHeader(unpacked, isPacked ? undefined : size, expectation, fail);
  yield unpacked.subarray(start, end);
  if (isPacked) {
    if (unpacked.length < end) yield readIdxFile(expectation).data;
    return;
  }
  // All chunks share one buffer, because allocating memory takes longer than reading the file.
  const buffer = new Uint8Array(Math.min(chunkLength, end - unpacked.length));
  for (let from = unpacked.length; from < end; from += buffer.length) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, end - from));
    const { found } = readAt(expectation, from, chunk);
    if (found < chunk.length) fail(`expected ${end} bytes according to the header, got only ${from + found}`);
    yield chunk;
  }
}

function readStart(expectation: IdxExpectation): { readonly bytes: Uint8Array; readonly size: number } {
  const bytes = new Uint8Array(startLength);
  const { found, size } = readAt(expectation, 0, bytes);
  return { bytes: bytes.subarray(0, found), size };
}

/** Fills `bytes` from offset `from` of a file. Returns the number of bytes read, and the size of the file. */
function readAt(
  expectation: IdxExpectation,
  from: number,
  bytes: Uint8Array,
): { readonly found: number; readonly size: number } {
  try {
    const file = openSync(expectation.file, "r");
    try {
      return { found: readSync(file, bytes, 0, bytes.length, from), size: fstatSync(file).size };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return failing(expectation)(`expected a readable file, got "${getErrorReason(error)}"`);
  }
}

function requireLength(length: number, end: number, fail: ThrowFileError): void {
  if (length < end) fail(`expected ${end} bytes according to the header, got only ${length}`);
  if (length > end)
    fail(`expected ${end} bytes according to the header, got ${length}: something follows the data`);
}

/**
 * Parses an IDX file of unsigned bytes: two zero bytes, the element type, the number of dimensions, each
 * dimension as a big-endian 32-bit number, then the elements (LeCun, Cortes & Burges 1998, "The MNIST
 * database"). `bytes` may be gzipped; if not, the array shares their memory. Throws IdxError.
 */
export function decodeIdx(bytes: Uint8Array, expectation: IdxExpectation): IdxArray {
  const fail = failing(expectation);
  if (isGzip(bytes)) {
    // Read the header first. It limits the length, so that a small file cannot decompress to a huge one.
    const length = getUnpackedLength(bytes);
    const { shape, start, end } = parseHeader(decompressStart(bytes, fail), length, expectation, fail);
    return { shape, data: decompressExactly(bytes, end, fail).subarray(start) };
  }
  const { shape, start, end } = parseHeader(bytes, bytes.length, expectation, fail);
  requireLength(bytes.length, end, fail);
  return { shape, data: bytes.subarray(start) };
}

/** Encodes an array as an IDX file of unsigned bytes. Inverse of `decodeIdx`. */
export function encodeIdx({ shape, data }: IdxArray): Uint8Array {
  const header = encodeIdxHeader(shape);
  const bytes = new Uint8Array(header.length + data.length);
  bytes.set(header);
  bytes.set(data, header.length);
  return bytes;
}

/** Returns the header of an IDX file of unsigned bytes. */
export function encodeIdxHeader(shape: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(headerLength(shape.length));
  bytes.set([0, 0, unsignedByte, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [axis, extent] of shape.entries()) view.setUint32(4 + 4 * axis, extent);
  return bytes;
}

interface Header {
  readonly shape: readonly number[];
  /** Offsets at which the elements start and end in the file. */
  readonly start: number;
  readonly end: number;
}

/**
 * `length` is the length of the whole file, decompressed, if known. It only improves the messages, which can
 * tell a damaged file from a complete one of another kind.
 */
function parseHeader(
  bytes: Uint8Array,
  length: number | undefined,
  { dimensions, otherTypeRemedy, otherDimensionsRemedy }: IdxExpectation,
  fail: ThrowFileError,
): Header {
  const start = headerLength(dimensions);
  if (bytes.length < 4) fail(`expected an IDX header of ${start} bytes, got a file of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  if (view.getUint16(0) !== 0) {
    const isReversed = view.getUint16(2) === 0 && elementTypes.has(view.getUint8(1));
    const order = isReversed ? " (in reverse order)" : "";
    fail(
      `expected an IDX file, which begins with 00 00, got ${describeStart(bytes)}${order}`,
      isReversed ? byteOrderRemedy : undefined,
    );
  }
  const type = view.getUint8(2);
  if (type !== unsignedByte) {
    fail(
      `expected unsigned bytes (type 08), got ${elementTypes.get(type) ?? "an unknown type"} (type ${hex(type)})`,
      elementTypes.has(type) ? otherTypeRemedy : undefined,
    );
  }
  const found = view.getUint8(3);
  if (found !== dimensions) {
    const wanted = dimensions === 1 ? "labels, of 1 dimension" : `images, of ${dimensions} dimensions`;
    const mixedUp = found === 1 || found === 3 ? " (images and labels mixed up?)" : "";
    const isComplete = bytes.length >= headerLength(found) && endOf(readShape(view, found)) === length;
    fail(
      `expected ${wanted}, got ${found} dimension${found === 1 ? "" : "s"}${mixedUp}`,
      isComplete && mixedUp === "" ? otherDimensionsRemedy : undefined,
    );
  }
  if (bytes.length < start)
    fail(`expected an IDX header of ${start} bytes, got a file of ${bytes.length} bytes`);

  const shape = readShape(view, dimensions);
  const end = endOf(shape);
  const reversed = readShape(view, dimensions, true);
  if (end !== length && endOf(reversed) === length) {
    fail(
      `expected a header of big-endian numbers, got ${shape.join(" × ")}, which is ${reversed.join(" × ")} in ` +
        "reverse byte order",
      byteOrderRemedy,
    );
  }
  if (end > largestSize) fail(`expected at most 2 GiB, got a header that says ${shape.join(" × ")} bytes`);
  return { shape, start, end };
}

function readShape(view: DataView, dimensions: number, isLittleEndian = false): number[] {
  return Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis, isLittleEndian));
}

/**
 * Returns the offset at which the elements end. The product of three 32-bit numbers is inexact, but accurate
 * enough, because an offset above 2 GiB is rejected.
 */
function endOf(shape: readonly number[]): number {
  return headerLength(shape.length) + shape.reduce((product, extent) => product * extent, 1);
}

function headerLength(dimensions: number): number {
  return 4 + 4 * dimensions;
}

/** Describes the first bytes. Usual mistakes are a saved error page and an archive. */
function describeStart(bytes: Uint8Array): string {
  const start = Array.from(bytes.subarray(0, 4), hex).join(" ");
  if (bytes[0] === 0x3c) return `${start} (a web page, saved in place of the file?)`;
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return `${start} (a zip archive: unpack it first)`;
  return start;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function failing({ file, remedy: usual }: IdxExpectation): ThrowFileError {
  return (problem, remedy = usual) => {
    throw new IdxError(`${file}: ${problem}.${remedy === undefined ? "" : ` ${remedy}`}`);
  };
}
