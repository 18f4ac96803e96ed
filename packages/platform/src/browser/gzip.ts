import { Gunzip, gunzipSync, unzlibSync } from "fflate";

import type { Gzip } from "../interfaces.ts";

/** The remainder of each byte, divided by the reflected polynomial of CRC-32 (RFC 1952, section 8). */
const CRC_OF_BYTE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

const fflate: Gzip = {
  gunzip(packed, largest) {
    const content = gunzipSync(packed);
    if (content.length > largest) throw tooLarge(largest);
    return Uint8Array.from(content);
  },
  gunzipStart(packed) {
    const chunks: Uint8Array[] = [];
    // `false`: not the last chunk. The end of the file is missing, which is not an error here.
    new Gunzip((chunk) => chunks.push(chunk)).push(packed, false);
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const content = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      content.set(chunk, at);
      at += chunk.length;
    }
    return content;
  },
  inflate(packed, largest) {
    const content = unzlibSync(packed);
    if (content.length > largest) throw tooLarge(largest);
    return Uint8Array.from(content);
  },
  crc32(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = CRC_OF_BYTE[(crc ^ byte) & 255]! ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  },
};

export const { crc32, gunzip, gunzipStart, inflate } = fflate;

function tooLarge(largest: number): Error {
  return Object.assign(new Error(`more than ${largest} bytes`), { code: "ERR_BUFFER_TOO_LARGE" });
}
