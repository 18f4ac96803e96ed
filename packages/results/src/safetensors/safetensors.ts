import { readFileSync } from "@nn/platform/files";
import { writeFileAtomically } from "../atomic-write.ts";
import { wrapFileSystemErrors, RunDirectoryError } from "../errors.ts";
import { parseHeader, type TensorEntry } from "./header.ts";

/**
 * A tensor in a safetensors file. The file consists of the length of the header (8 bytes, little-endian), the
 * header as JSON, and the numbers, little-endian and row-major (https://huggingface.co/docs/safetensors).
 * This project implements the format, because no maintained npm package writes it.
 */
export interface StoredTensor {
  readonly shape: readonly number[];
  /**
   * Row-major. The length is the product of the shape. Float32Array is stored as F32, Float64Array as F64.
   */
  readonly data: Float32Array | Float64Array;
}

/** The content of a safetensors file: tensors by name, and the metadata of its header. */
export interface TensorFile {
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

type Named = readonly [name: string, tensor: StoredTensor];

/**
 * Writes tensors to a file, atomically. The same tensors produce the same bytes in any order. Throws
 * RunDirectoryError if the file cannot be written.
 */
export function writeSafetensors(
  path: string,
  tensors: Iterable<Named>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeFileAtomically(path, encodeSafetensors(tensors, metadata));
}

/**
 * Reads a safetensors file. Throws RunDirectoryError if it is missing, truncated or damaged, or if its dtypes
 * are not F32 or F64.
 */
export function readSafetensors(path: string): TensorFile {
  return decodeSafetensors(readRunFile(path), path);
}

/** Reads a file. Throws RunDirectoryError. */
export function readRunFile(path: string): Uint8Array<ArrayBuffer> {
  return wrapFileSystemErrors("read", path, () => readFileSync(path));
}

/**
 * Encodes tensors as the bytes of a safetensors file. Throws RangeError if the data of a tensor does not
 * match its shape, or if a name is duplicate or reserved.
 */
export function encodeSafetensors(
  tensors: Iterable<Named>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // F64 tensors come first, so that each offset is a multiple of the element size. Within a dtype, tensors
  // are sorted by name in UTF-8, as in the reference implementation.
  const sorted = [...tensors].sort(
    ([a, { data: x }], [b, { data: y }]) => y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || compareBytes(a, b),
  );
  const header: [string, unknown][] = [];
  const keys = Object.entries(metadata).sort(([a], [b]) => compareBytes(a, b));
  if (keys.length > 0) header.push(["__metadata__", Object.fromEntries(keys)]);

  let offset = 0;
  for (const [name, { shape, data }] of sorted) {
    checkTensor(name, shape, data, header);
    const end = offset + data.byteLength;
    const dtype = data instanceof Float64Array ? "F64" : "F32";
    header.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const text = new TextEncoder().encode(jsonObject(header));
  // The header is padded with spaces, so that the data begins at a multiple of eight bytes.
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(start + offset).fill(0x20, 0, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(text, 8);
  let end = start;
  for (const [, { data }] of sorted) {
    file.set(littleEndian(data), end);
    end += data.byteLength;
  }
  return file;
}

/**
 * Decodes the bytes of a safetensors file. `where` names the source in messages. Throws RunDirectoryError.
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): TensorFile {
  const damaged = (message: string): RunDirectoryError =>
    new RunDirectoryError(
      "corrupt",
      `${where} is not an intact safetensors file: ${message}. Delete it, or replace it with an intact copy.`,
    );
  if (bytes.length < 8) throw damaged(`expected 8 bytes with the length of the header, got ${bytes.length}`);
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - 8)) {
    throw damaged(
      `the header should be ${headerLength} bytes long, the file has ${bytes.length - 8} after its length`,
    );
  }
  const start = 8 + Number(headerLength);
  const { entries, metadata } = parseHeader(bytes.subarray(8, start), bytes.length - start, damaged);
  const tensors = new Map<string, StoredTensor>();
  for (const entry of entries) {
    // Copies the bytes, because the offset of a typed array must be a multiple of its element size.
    const data = new Uint8Array(entry.end - entry.begin);
    data.set(bytes.subarray(start + entry.begin, start + entry.end));
    tensors.set(entry.name, { shape: entry.shape, data: numbersOf(entry, data) });
  }
  return { tensors, metadata };
}

function checkTensor(
  name: string,
  shape: readonly number[],
  data: Float32Array | Float64Array,
  header: readonly (readonly [string, unknown])[],
): void {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== data.length) {
    throw new RangeError(
      `tensor "${name}" of shape (${shape.join(", ")}) needs ${size} numbers, got ${data.length}`,
    );
  }
  if (name === "__metadata__" || header.some(([other]) => other === name)) {
    throw new RangeError(
      `tensor name "${name}" is not allowed: names must be unique, and "__metadata__" is reserved`,
    );
  }
}

/**
 * Formats entries as a JSON object with the keys in this order. A JavaScript object would reorder keys such
 * as "0".
 */
function jsonObject(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
}

/** Whether this machine is big-endian. */
const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/** Compares two strings by their UTF-8 bytes. */
function compareBytes(a: string, b: string): number {
  const [one, two] = [a, b].map((text) => new TextEncoder().encode(text));
  const at = one!.findIndex((byte, index) => byte !== two![index]);
  return at === -1 ? one!.length - two!.length : one![at]! - (two![at] ?? -1);
}

function littleEndian(data: Float32Array | Float64Array): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return isBigEndian ? swapped(Uint8Array.from(bytes), data.BYTES_PER_ELEMENT) : bytes;
}

function numbersOf({ dtype }: TensorEntry, bytes: Uint8Array<ArrayBuffer>): Float32Array | Float64Array {
  const size = dtype === "F64" ? 8 : 4;
  if (isBigEndian) swapped(bytes, size);
  const length = bytes.byteLength / size;
  return dtype === "F64"
    ? new Float64Array(bytes.buffer, bytes.byteOffset, length)
    : new Float32Array(bytes.buffer, bytes.byteOffset, length);
}

/** Reverses the bytes of each number of `size` bytes, in place. */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}
