// The time per image of training 784-128-10 by the size of the training set: it must not grow. Each size is
// trained for as many epochs as make the same number of images; the time of an epoch includes shuffling and
// gathering its images.
//
//   pnpm run bench:growth [--rounds 3] [--images 240000]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { nnFromScratch } from "./contenders.ts";
import { writeImages } from "./images.ts";
import { mlp } from "./networks/mlp.ts";
import { formatFigures, Measurements, printTable } from "./record/measurements.ts";
import { median } from "./record/statistics.ts";

const SIZES = [1000, 3000, 10_000, 30_000, 60_000];
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, images: { type: "string", default: "240000" } },
});
const network = mlp(128);
const setting = `${network.title}, batch ${network.batchSize}`;
const contender = nnFromScratch("1 thread, strict");
const scratch = mkdtempSync(path.join(tmpdir(), "nn-growth-"));
try {
  const folders = new Map(SIZES.map((size) => [size, writeImages(path.join(scratch, `${size}`), size)]));
  const times = new Measurements();
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const [size, folder] of folders) {
      const epochs = 1 + Math.ceil(Number(values.images) / size);
      const trained = contender.train({ ...network, folder, epochs, threads: 1 });
      // The first epoch warms up: compilers, caches, memory.
      const microseconds = trained.slice(1).map(({ imagesPerSecond }) => 1e6 / imagesPerSecond);
      const name = `${size.toLocaleString("en")} training images`;
      times.add({ setting, name, unit: "µs/image" }, median(microseconds));
    }
  }
  console.log(`${setting}: microseconds per image, median of ${values.rounds} rounds\n`);
  const rows = times.record();
  printTable(
    ["", "median", "lowest", "highest", "of that of 60,000"],
    rows.map((row) => [
      row.name,
      formatFigures(row),
      (row.median / rows[rows.length - 1]!.median).toFixed(2),
    ]),
  );
} finally {
  rmSync(scratch, { recursive: true });
}
