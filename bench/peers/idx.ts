import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/** The training set of a folder with IDX files: images (N, 784) scaled to 0 to 1, and labels (N). */
export function readTrainingSet(folder: string): {
  readonly pixels: Float32Array;
  readonly labels: Uint8Array;
} {
  const pixels = Float32Array.from(read(folder, "train-images"), (pixel) => pixel / 255);
  return { pixels, labels: read(folder, "train-labels") };
}

function read(folder: string, stem: string): Uint8Array {
  const file = readdirSync(folder).find((name) => name.startsWith(stem))!;
  const bytes = readFileSync(path.join(folder, file));
  return bytes.subarray(4 + 4 * bytes[3]!);
}
