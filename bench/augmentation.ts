// Times what augmentation adds to a step: images/s of 28 × 28 in batches of 100, the best of 5 rounds, since a shared machine
// only ever adds time. Run it before changing a loop of packages/mnist/src/augment/ or resampler.ts.
//
//   pnpm run bench:augmentation
import { createWasmBackend } from "../packages/kernels/src/index.ts";
import {
  augmentations,
  Augmenter,
  imageFormat,
  ImageBatches,
  ResidentSplit,
} from "../packages/mnist/src/index.ts";
import { createRng } from "../packages/tensor/src/index.ts";

const [COUNT, BATCH, ROUNDS] = [10_000, 100, 5];
const shape = [28, 28, 1];
const backend = createWasmBackend();
const format = imageFormat(backend, shape, 0, 1);

const shift = { type: "shift", pixels: 2 };
const rotate = { type: "rotate", degrees: 10 };
const scale = { type: "scale", range: 0.1 };
const shear = { type: "shear", degrees: 10 };
const lists: readonly (readonly { readonly type: string; readonly [option: string]: unknown }[])[] = [
  [shift],
  [shift, rotate],
  [shift, rotate, scale, shear],
  [{ type: "elastic", alpha: 34, sigma: 4 }],
  [{ type: "cutout", size: 8 }],
  [{ type: "random-erasing", probability: 0.5, area: 0.4, aspect: 0.3 }],
  [{ type: "noise", deviation: 0.1 }],
  [{ type: "mixup", alpha: 0.2 }],
  [{ type: "cutmix", alpha: 1 }],
];

// A bright bar on black, as sparse as a digit is.
const images = Uint8Array.from({ length: COUNT * 784 }, (_, i) => (i % 28 > 10 && i % 28 < 17 ? 200 : 0));
const split = new ResidentSplit(backend, { images, labels: new Uint8Array(COUNT), count: COUNT }, shape);
const batches = new ImageBatches(split, BATCH);
const order = Int32Array.from({ length: COUNT }, (_, index) => index);

for (const list of lists) {
  const planned = list.map(({ type, ...options }) => augmentations.get(type)!.plan(options, format));
  const augmenter = new Augmenter(planned, format, createRng(1).fork("augment"));
  const best = Math.min(...Array.from({ length: ROUNDS }, (_, round) => seconds(augmenter, round + 1)));
  const name = list.map(({ type }) => type).join(" + ");
  const rate = Math.round(COUNT / best).toLocaleString("en");
  console.log(
    name.padEnd(34),
    rate.padStart(12),
    "images/s",
    ((best / COUNT) * 1e6).toFixed(2).padStart(8),
    "µs",
  );
}

function seconds(augmenter: Augmenter, epoch: number): number {
  let spent = 0;
  for (let start = 0; start < COUNT; start += BATCH) {
    const batch = batches.batch(order, start, BATCH);
    const began = performance.now();
    augmenter.apply(batch, epoch, start);
    spent += performance.now() - began;
  }
  return spent / 1000;
}
