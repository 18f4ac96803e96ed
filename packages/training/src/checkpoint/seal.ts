import { createHash } from "@nn/platform/hash";

import { decodeSafetensors, encodeSafetensors, readRunFile, type TensorFile } from "@nn/results";

/** Stands for the sum of a file while it is taken. */
const OPEN = "0".repeat(64);
const ZERO = 0x30;
const KEY = new TextEncoder().encode('"sha256":"');

/**
 * The bytes of a safetensors file that has its own SHA-256 in its metadata, as `sha256`: what it is with
 * zeros in that place.
 */
export function seal(
  tensors: Parameters<typeof encodeSafetensors>[0],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = encodeSafetensors(tensors, { ...metadata, sha256: OPEN });
  bytes.set(new TextEncoder().encode(sumOf(bytes)), placeOfSum(bytes));
  return bytes;
}

/**
 * A file, and whether it is to the bit what `seal` made: a number that has changed looks like any other.
 * Throws RunDirectoryError.
 */
export function readSealed(path: string): TensorFile & { readonly isIntact: boolean } {
  const bytes = readRunFile(path);
  const file = decodeSafetensors(bytes, path);
  const place = placeOfSum(bytes);
  // Copied: the numbers of the file may be those bytes.
  const open = Uint8Array.from(bytes);
  open.fill(ZERO, place, place + OPEN.length);
  return { ...file, isIntact: file.metadata["sha256"] === sumOf(open) };
}

/** Within a text of the header the quotes would have a backslash before them. */
function placeOfSum(bytes: Uint8Array): number {
  const header = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  for (let at = 8; at < 8 + header; at++)
    if (KEY.every((byte, index) => bytes[at + index] === byte)) return at + KEY.length;
  return KEY.length - 1;
}

function sumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
