// Draws test digits of MNIST as photos: 300 × 400 pixels, with a random place, size, slant, ink, paper, light
// from one side, noise, and JPEG at quality 60. Prints the accuracy of a trained network on the photos, which
// `predict` prepares, and on the same digits of MNIST.
//
//   pnpm run bench:photos results/quickstart/latest          1,000 photos
//   pnpm run bench:photos results/cnn/latest --count 200 --seed 7 --keep photos
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";

import { findNetwork } from "../packages/cli/src/commands/find-network.ts";
import { decodePhoto, preparePhoto } from "../packages/mnist/src/index.ts";
import { createRng, countElements, type Rng } from "../packages/tensor/src/index.ts";
import { createTrainingRuntime, predictImages } from "../packages/training/src/index.ts";

const { values, positionals } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    keep: { type: "string" },
  },
  allowPositionals: true,
});
const [where = "results/quickstart/latest"] = positionals;
const [count, seed] = [Number(values.count), Number(values.seed)];
const [WIDTH, HEIGHT, QUALITY] = [300, 400, 60];

const require = createRequire(path.join(import.meta.dirname, "../packages/mnist/package.json"));
const { default: encode, init } = await import(require.resolve("@jsquash/jpeg/encode.js"));
await init({
  wasmBinary: Uint8Array.from(readFileSync(require.resolve("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm")))
    .buffer,
});

const { network, experimentFolder } = findNetwork(where);
const dataFolder = path.join(import.meta.dirname, "../data");
const runtime = await createTrainingRuntime(1, () => {});
const { test, exampleShape } = await runtime.useDataset(network.spec.dataset, {
  dataFolder,
  experimentFolder,
});
const size = countElements(exampleShape);
const [side = 28] = exampleShape;
const digits = Uint8Array.from(test.images.subarray(0, count * size));
const labels = Int32Array.from(test.labels.subarray(0, count));
if (values.keep !== undefined) mkdirSync(values.keep, { recursive: true });

const prepared = new Uint8Array(count * size);
const rng = createRng(seed).fork("photos");
let empty = 0;
for (let n = 0; n < count; n++) {
  const rgba = draw(digits.subarray(n * size, (n + 1) * size), rng.fork(`${n}`));
  const jpeg = new Uint8Array(
    await encode({ data: rgba, width: WIDTH, height: HEIGHT }, { quality: QUALITY }),
  );
  if (values.keep !== undefined) writeFileSync(path.join(values.keep, `${n}-${labels[n]}.jpg`), jpeg);
  const image = preparePhoto(await decodePhoto(jpeg, `photo ${n}`), exampleShape, "symbol");
  if (image === undefined) empty++;
  else prepared.set(image, n * size);
}
console.log(`${network.source}: ${count} photos of ${WIDTH} × ${HEIGHT} pixels, seed ${seed}`);
console.log(`  as MNIST has them  ${percent(await accuracyOn(digits))}`);
console.log(`  as photos          ${percent(await accuracyOn(prepared))}   without ink: ${empty}`);
process.exit(0);

async function accuracyOn(images: Uint8Array): Promise<number> {
  const probabilities = await predictImages(runtime, network, experimentFolder, images, count);
  let correct = 0;
  for (let n = 0; n < count; n++) {
    const row = probabilities.subarray(n * network.classes, (n + 1) * network.classes);
    if (row.indexOf(Math.max(...row)) === labels[n]) correct++;
  }
  return correct / count;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** Draws a digit onto paper: (400, 300, 4), bytes. */
function draw(digit: Uint8Array, random: Rng): Uint8ClampedArray<ArrayBuffer> {
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const isDark = random.uniform() < 0.75;
  const paper = [0, 1, 2].map(() => (isDark ? between(0.6, 1) : between(0, 0.35)));
  const ink = [0, 1, 2].map(() => (isDark ? between(0, 0.35) : between(0.65, 1)));
  const scale = between(90, 280) / side;
  const angle = between(-0.12, 0.12);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const margin = (scale * side) / 2;
  const centerX = between(margin, WIDTH - margin);
  const centerY = between(margin, HEIGHT - margin);
  const [lightX, lightY] = [between(-0.15, 0.15), between(-0.15, 0.15)];
  const noise = between(0, 0.04);
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [dx, dy] = [(x + 0.5 - centerX) / scale, (y + 0.5 - centerY) / scale];
      const amount = sample(digit, cosine * dx + sine * dy + side / 2, cosine * dy - sine * dx + side / 2);
      const light = lightX * ((2 * x) / WIDTH - 1) + lightY * ((2 * y) / HEIGHT - 1);
      const grain = noise * random.normal();
      for (let color = 0; color < 3; color++) {
        const value = paper[color]! + amount * (ink[color]! - paper[color]!) + light + grain;
        data[4 * (y * WIDTH + x) + color] = Math.round(255 * value);
      }
      data[4 * (y * WIDTH + x) + 3] = 255;
    }
  }
  return data;
}

/** Returns the bilinear value of a digit at a point, 0 … 1; 0 outside. */
function sample(digit: Uint8Array, x: number, y: number): number {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [u, v] = [x - 0.5 - left, y - 0.5 - top];
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= side || row >= side ? 0 : digit[row * side + column]! / 255;
  return (
    (1 - v) * ((1 - u) * at(left, top) + u * at(left + 1, top)) +
    v * ((1 - u) * at(left, top + 1) + u * at(left + 1, top + 1))
  );
}
