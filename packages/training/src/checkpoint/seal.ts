import { createHash } from "node:crypto";

import { decodeSafetensors, encodeSafetensors, readRunFile, type TensorFile } from "@nn/results";

/** Stands for the sum of a file while it is taken. */
const OPEN = "0".repeat(64);

/**
 * The bytes of a safetensors file that has its own SHA-256 in its metadata, as `sha256`: what it is with
 * zeros in that place.
 */
export function seal(
  tensors: Parameters<typeof encodeSafetensors>[0],
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const bytes = Buffer.from(encodeSafetensors(tensors, { ...metadata, sha256: OPEN }));
  bytes.write(sumOf(bytes), placeOfSum(bytes), "latin1");
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
  const open = Buffer.from(bytes);
  open.write(OPEN, Math.min(place, open.length), "latin1");
  return { ...file, isIntact: file.metadata["sha256"] === sumOf(open) };
}

/** Within a text of the header the quotes would have a backslash before them. */
function placeOfSum(bytes: Buffer): number {
  const key = '"sha256":"';
  return bytes.indexOf(key) + key.length;
}

function sumOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
