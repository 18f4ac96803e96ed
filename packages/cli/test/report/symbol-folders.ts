import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { encode } from "fast-png";

/** Names of classes that would be markup or code if they were not shown as text. */
export const hostileClasses = ["<script>said(1)", `"a' onload=x & <b>`, "plain"] as const;

const SIZE = 8;

/**
 * Writes two folders of PNG files, `train` and `test`, with one folder per class of `hostileClasses`: a
 * bright
 * column, a bright row, and a bright square, at places and in grays that vary.
 */
export function writeSymbolFolders(folder: string): void {
  for (const [part, count] of [
    ["train", 30],
    ["test", 20],
  ] as const) {
    for (const [label, name] of hostileClasses.entries()) {
      const place = join(folder, part, name);
      mkdirSync(place, { recursive: true });
      for (let n = 0; n < count; n++) {
        const data = Uint8Array.from({ length: SIZE * SIZE }, (_, pixel) => brightness(label, n, pixel));
        writeFileSync(join(place, `${n}.png`), encode({ width: SIZE, height: SIZE, channels: 1, data }));
      }
    }
  }
}

function brightness(label: number, n: number, pixel: number): number {
  const [x, y] = [pixel % SIZE, Math.floor(pixel / SIZE)];
  const at = n % SIZE;
  const noise = (pixel * 31 + n * 17 + label * 5) % 60;
  const isBright = [x === at, y === at, Math.abs(x - 3.5) < 2 && Math.abs(y - at) < 2][label]!;
  return noise + (isBright ? 90 + ((n * 13) % 100) : 0);
}
