// Prints the peak memory of decoding and preparing large photos, as `predict` does: one process per photo.
//
//   pnpm run bench:photo-memory               12, 48 and 64 megapixels, as PNG and as JPEG
//   pnpm run bench:photo-memory 12 --kind png
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { deflateSync } from "node:zlib";

import { decodePhoto, preparePhoto } from "../packages/mnist/src/index.ts";
import { encodeHeader, encodePng } from "./fuzz/png.ts";

const { values, positionals } = parseArgs({
  options: { kind: { type: "string" }, decode: { type: "string" } },
  allowPositionals: true,
});
const [PAPER, INK, MEBIBYTE] = [230, 20, 2 ** 20];

if (values.decode === undefined) {
  const sizes = positionals.length === 0 ? [12, 48, 64] : positionals.map(Number);
  const kinds = values.kind === undefined ? ["png", "jpg"] : [values.kind];
  const folder = mkdtempSync(path.join(tmpdir(), "nn-photos-"));
  for (const kind of kinds) {
    for (const megapixels of sizes) {
      const file = path.join(folder, `${megapixels}.${kind}`);
      const height = Math.floor(Math.sqrt((megapixels * 1e6 * 3) / 4));
      const width = Math.floor((4 * height) / 3);
      writeFileSync(file, kind === "png" ? drawnPng(width, height) : await drawnJpeg(width, height));
      const { stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, "--decode", file], {
        encoding: "utf8",
      });
      console.log(`${kind} ${width} × ${height}: ${stdout.trim()}${stderr}`);
    }
  }
  rmSync(folder, { recursive: true });
} else {
  const photo = await decodePhoto(readFileSync(values.decode), "photo");
  const image = preparePhoto(photo, [28, 28, 1], "symbol");
  const { userCPUTime, maxRSS } = process.resourceUsage();
  const memory = Math.round((maxRSS * 1024) / MEBIBYTE);
  const outcome = image === undefined ? "nothing found" : "prepared";
  console.log(`${outcome}, peak memory ${memory} MiB, ${userCPUTime / 1e6} s of processor time`);
}

/** A dark bar in the middle half of a light page. */
function isInk(x: number, y: number, width: number, height: number): boolean {
  return Math.abs(x / width - 0.5) < 0.03 && Math.abs(y / height - 0.5) < 0.25;
}

function drawnPng(width: number, height: number): Uint8Array {
  const rows = Buffer.alloc(height * (1 + 3 * width), PAPER);
  for (let y = 0; y < height; y++) {
    const start = y * (1 + 3 * width);
    rows[start] = 0;
    for (let x = 0; x < width; x++)
      if (isInk(x, y, width, height)) rows.fill(INK, start + 1 + 3 * x, start + 4 + 3 * x);
  }
  const data = deflateSync(rows, { level: 1 });
  return encodePng([
    encodeHeader(width, height, [8, 2, 0, 0, 0]),
    ["IDAT", data],
    ["IEND", new Uint8Array()],
  ]);
}

async function drawnJpeg(width: number, height: number): Promise<Uint8Array> {
  const require = createRequire(path.join(import.meta.dirname, "../packages/mnist/package.json"));
  const { default: encode, init } = await import(require.resolve("@jsquash/jpeg/encode.js"));
  const wasm = readFileSync(require.resolve("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm"));
  await init({ wasmBinary: Uint8Array.from(wasm).buffer });
  const data = new Uint8ClampedArray(4 * width * height).fill(PAPER);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (isInk(x, y, width, height)) data.fill(INK, 4 * (y * width + x), 4 * (y * width + x) + 3);
  return new Uint8Array(await encode({ data, width, height }, { quality: 80, optimize_coding: false }));
}
