import type { ImageSprite } from "@nn/report";
import type { Dataset, Split } from "@nn/mnist";
import { encode } from "fast-png";

/**
 * Returns images of a split in one picture, row by row. `chosen`: their positions in the split. The picture
 * is gray or RGB. If the images have another number of channels, only the first channel is shown.
 */
export function encodeSprite(
  { images, labels }: Pick<Split, "images" | "labels">,
  exampleShape: Dataset["exampleShape"],
  chosen: readonly number[],
): ImageSprite {
  const [height = 1, width = 1, depth = 1] = exampleShape;
  const channels = depth === 3 ? 3 : 1;
  const columns = Math.max(1, Math.min(chosen.length, Math.floor(4096 / width), 40));
  const rows = Math.max(1, Math.ceil(chosen.length / columns));
  const data = new Uint8Array(rows * height * columns * width * channels);
  const bytes = height * width * depth;
  for (const [item, index] of chosen.entries()) {
    const [left, top] = [(item % columns) * width, Math.floor(item / columns) * height];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = index * bytes + (y * width + x) * depth;
        const to = ((top + y) * columns * width + left + x) * channels;
        for (let channel = 0; channel < channels; channel++) data[to + channel] = images[from + channel]!;
      }
    }
  }
  const png = encode(
    { width: columns * width, height: rows * height, channels, depth: 8, data },
    { zlib: { level: 9 } },
  );
  return {
    url: `data:image/png;base64,${Buffer.from(png).toString("base64")}`,
    width,
    height,
    columns,
    index: chosen,
    label: chosen.map((index) => labels[index]!),
  };
}
