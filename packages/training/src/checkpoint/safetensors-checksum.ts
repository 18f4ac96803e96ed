import { createHash } from "@nn/platform/hash";

import { decodeSafetensors, encodeSafetensors, type TensorFile } from "@nn/results";

/** Placeholder for the checksum while it is computed. */
const OPEN = "0".repeat(64);
const ZERO = 0x30;
const KEY = new TextEncoder().encode('"sha256":"');

/**
 * Returns the bytes of a safetensors file with its own SHA-256 as `sha256` in its metadata. The checksum is
 * computed with 64 characters "0" in its place.
 */
export function encodeWithChecksum(
  tensors: Parameters<typeof encodeSafetensors>[0],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = encodeSafetensors(tensors, { ...metadata, sha256: OPEN });
  bytes.set(new TextEncoder().encode(sumOf(bytes)), placeOfSum(bytes));
  return bytes;
}

/**
 * Decodes a file and verifies its checksum, which detects changed numbers. `where` names the source in
 * messages. Throws RunDirectoryError.
 */
export function decodeWithChecksum(
  bytes: Uint8Array,
  where: string,
): TensorFile & { readonly isIntact: boolean } {
  const file = decodeSafetensors(bytes, where);
  const place = placeOfSum(bytes);
  // A copy, because the tensors of the file may be views of these bytes.
  const open = Uint8Array.from(bytes);
  open.fill(ZERO, place, place + OPEN.length);
  return { ...file, isIntact: file.metadata["sha256"] === sumOf(open) };
}

/**
 * Returns the offset of the checksum. The first match is the key: inside a string of the header, its quotes
 * would be escaped.
 */
function placeOfSum(bytes: Uint8Array): number {
  const header = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  for (let at = 8; at < 8 + header; at++)
    if (KEY.every((byte, index) => bytes[at + index] === byte)) return at + KEY.length;
  return KEY.length - 1;
}

function sumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
