import type { PageModel } from "./page-model.ts";

/** The weights of the first layer as pictures. */
export interface Filters {
  readonly kind: "dense" | "convolution";
  readonly width: number;
  readonly height: number;
  /** Total number of filters. `pictures` may contain fewer. */
  readonly total: number;
  /** Each (height, width): the mean over the channels. */
  readonly pictures: readonly Float32Array[];
}

/** Maximum number of filters to show. */
const MAX_SHOWN = 64;

/**
 * Returns the weights of the first layer that has weights. For a dense layer on the image, these are the
 * weights (H, W) of each neuron; for a convolution, its filters. Returns undefined for other layers. The
 * filters with the largest norm come first.
 */
export function getFirstLayerFilters({ network, tensors }: PageModel): Filters | undefined {
  const [height = 1, width = 1, channels = 1] = network.inputShape;
  const first = [...tensors].find(([name]) => name.endsWith(".weight"));
  if (first === undefined) return undefined;
  const [, { shape, data }] = first;
  if (shape.length === 2 && shape[0] === height * width * channels) {
    const units = shape[1]!;
    return filtersOf("dense", [height, width, channels], units, (pixel, unit) => data[pixel * units + unit]!);
  }
  if (shape.length === 4 && shape[0]! * shape[1]! > 1) {
    const [rows = 1, columns = 1, depth = 1, filters = 1] = shape;
    return filtersOf(
      "convolution",
      [rows, columns, depth],
      filters,
      (at, filter) => data[at * filters + filter]!,
    );
  }
  return undefined;
}

function filtersOf(
  kind: Filters["kind"],
  [height, width, channels]: readonly [number, number, number],
  total: number,
  read: (at: number, filter: number) => number,
): Filters {
  const pictures = Array.from({ length: total }, (_, filter) =>
    Float32Array.from({ length: height * width }, (_, pixel) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += read(pixel * channels + channel, filter);
      return sum / channels;
    }),
  );
  const norm = (picture: Float32Array): number => picture.reduce((sum, value) => sum + value * value, 0);
  const sorted = pictures
    .map((picture) => ({ picture, size: norm(picture) }))
    .sort((a, b) => b.size - a.size)
    .map(({ picture }) => picture);
  return { kind, width, height, total, pictures: sorted.slice(0, MAX_SHOWN) };
}
