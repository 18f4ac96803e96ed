import { constants, crc32 as zlibCrc32, gunzipSync, inflateSync } from "node:zlib";

import type { Gzip } from "../interfaces.ts";

const zlib: Gzip = {
  gunzip: (packed, largest, expected) =>
    gunzipSync(packed, {
      maxOutputLength: largest,
      // A single chunk with one extra byte is a quarter faster than the default chunks of 16 KiB.
      ...(expected !== undefined && { chunkSize: Math.max(64, expected + 1) }),
    }),
  gunzipStart: (packed) => gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }),
  inflate: (packed, largest) => inflateSync(packed, { maxOutputLength: Math.max(1, largest) }),
  crc32: (bytes) => zlibCrc32(bytes),
};

export const { crc32, gunzip, gunzipStart, inflate } = zlib;
