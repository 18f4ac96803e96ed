import { gunzip, gunzipStart } from "@nn/platform/gzip";

import { reasonOf } from "../errors.ts";

/** Reports a broken file: what was expected and what came, and what to do where the usual would not help. */
export type Fail = (problem: string, remedy?: string) => never;

/** Whether the bytes begin as every gzip file does (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** More than any header in front of the packed data, yet it unpacks to 4 MiB at the very most. */
const startLength = 4096;

/** No deflated byte unpacks to more (zlib's manual, "Maximum Compression Factor"). */
const highestRatio = 1032;

/**
 * What the first bytes of a gzip file unpack to: enough for the header of the file inside, cheap for any
 * file.
 */
export function inflatedStart(packed: Uint8Array, fail: Fail): Uint8Array {
  try {
    return gunzipStart(packed.subarray(0, startLength));
  } catch (error) {
    return fail(`expected intact gzip data, got data that does not unpack (${reasonOf(error)})`);
  }
}

/** Unpacks a gzip file that must hold `length` bytes, no more and no fewer, and nothing after them. */
export function inflateExactly(packed: Uint8Array, length: number, fail: Fail): Uint8Array {
  if (length > packed.length * highestRatio) {
    fail(
      `expected ${length} bytes by its header, got ${packed.length} packed bytes, which cannot hold as many`,
    );
  }
  let content: Uint8Array;
  try {
    content = gunzip(packed, length, length);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      return fail(`expected ${length} bytes by its header, got more once unpacked`);
    }
    return fail(`expected intact gzip data, got data that does not unpack (${reasonOf(error)})`);
  }
  if (content.length < length) {
    fail(`expected ${length} bytes by its header, got ${content.length} once unpacked: the end is missing`);
  }
  return content;
}

/**
 * The content of a file that may be gzipped. Throws what zlib throws for broken data, or for more than
 * `largest` bytes.
 */
export function unpacked(bytes: Uint8Array, largest: number): Uint8Array {
  return isGzip(bytes) ? gunzip(bytes, largest) : bytes;
}
