import { Gunzip, gunzipSync, unzlibSync } from "fflate";

import type { Gzip } from "../interfaces.ts";

const fflate: Gzip = {
  gunzip(packed, largest) {
    const content = gunzipSync(packed);
    if (content.length > largest) throw tooLarge(largest);
    return Uint8Array.from(content);
  },
  gunzipStart(packed) {
    const pieces: Uint8Array[] = [];
    // `false`: the end of the file is missing, which is not an error here.
    new Gunzip((piece) => pieces.push(piece)).push(packed, false);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const content = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      content.set(piece, at);
      at += piece.length;
    }
    return content;
  },
  inflate(packed, largest) {
    const content = unzlibSync(packed);
    if (content.length > largest) throw tooLarge(largest);
    return Uint8Array.from(content);
  },
};

export const { gunzip, gunzipStart, inflate } = fflate;

function tooLarge(largest: number): Error {
  return Object.assign(new Error(`more than ${largest} bytes`), { code: "ERR_BUFFER_TOO_LARGE" });
}
