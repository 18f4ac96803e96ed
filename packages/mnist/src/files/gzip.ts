import { gunzip, gunzipStart } from "@nn/platform/gzip";

import { getErrorReason } from "../errors.ts";

/** Throws an error for a damaged file. `remedy` replaces the usual advice. */
export type ThrowFileError = (problem: string, remedy?: string) => never;

/** Whether the bytes start with the signature of a gzip file (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Number of bytes to decompress for a header: more than any header needs, and at most 4 MiB decompressed. */
const startLength = 4096;

/** The highest compression ratio of deflate (zlib's manual, "Maximum Compression Factor"). */
const highestRatio = 1032;

/**
 * Decompresses the first bytes of a gzip file. They contain the header of the file inside. This is fast for
 * files of any size.
 */
export function decompressStart(packed: Uint8Array, fail: ThrowFileError): Uint8Array {
  try {
    return gunzipStart(packed.subarray(0, startLength));
  } catch (error) {
    return fail(`expected intact gzip data, got data that cannot be decompressed (${getErrorReason(error)})`);
  }
}

/**
 * Returns the length of the content of a gzip file as its last four bytes state it (RFC 1952, section 2.3.1).
 * It is wrong for a damaged file, for several files in one, and for more than 4 GiB.
 */
export function getUnpackedLength(packed: Uint8Array): number | undefined {
  if (packed.length < 4) return undefined;
  return new DataView(packed.buffer, packed.byteOffset + packed.length - 4, 4).getUint32(0, true);
}

/** Decompresses a gzip file that must contain exactly `length` bytes. */
export function decompressExactly(packed: Uint8Array, length: number, fail: ThrowFileError): Uint8Array {
  if (length > packed.length * highestRatio) {
    fail(
      `expected ${length} bytes according to the header, got ${packed.length} compressed bytes, which is too few`,
    );
  }
  let content: Uint8Array;
  try {
    content = gunzip(packed, length, length);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      return fail(`expected ${length} bytes according to the header, got more after decompression`);
    }
    return fail(`expected intact gzip data, got data that cannot be decompressed (${getErrorReason(error)})`);
  }
  if (content.length < length) {
    fail(`expected ${length} bytes according to the header, got only ${content.length} after decompression`);
  }
  return content;
}

/**
 * Returns the content of a file that may be gzipped. Throws the error of zlib for damaged data or more than
 * `largest` bytes.
 */
export function decompress(bytes: Uint8Array, largest: number): Uint8Array {
  return isGzip(bytes) ? gunzip(bytes, largest) : bytes;
}
