import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { datasets, encodeIdx, type Split } from "@nn/mnist";

/**
 * Writes a data folder with the first 600 training images and 200 test images of MNIST, so that a test trains
 * for milliseconds instead of seconds.
 */
export async function writeSmallMnist(dataFolder: string): Promise<void> {
  const mnist = datasets.get("mnist")!;
  const { training, test, exampleShape } = await mnist.load({ validation: 0 }, { dataFolder: "/nowhere" });
  const folder = join(dataFolder, "mnist");
  mkdirSync(folder, { recursive: true });
  const write = (name: string, shape: readonly number[], data: Uint8Array): void =>
    writeFileSync(join(folder, name), encodeIdx({ shape, data }));
  const writeSplit = (
    { images, labels }: Split,
    count: number,
    imagesName: string,
    labelsName: string,
  ): void => {
    const [height = 0, width = 0] = exampleShape;
    write(imagesName, [count, height, width], images.subarray(0, count * height * width));
    write(labelsName, [count], labels.subarray(0, count));
  };
  writeSplit(training, 600, "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
  writeSplit(test, 200, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
}
