import { useEffect, useRef } from "preact/hooks";

/** The mapping from numbers to colors. */
export type PixelColors =
  /** From black (minimum) to white (maximum). */
  | "gray"
  /** Orange below 0, blue above 0, and the background color at 0. */
  | "signed"
  /** Bytes: gray or red, green and blue. */
  | "bytes";

/** Arguments of `PixelMap`. */
export interface PixelMapProps {
  readonly width: number;
  readonly height: number;
  /** (height, width) or, for bytes, (height, width, 1 or 3). */
  readonly values: ArrayLike<number>;
  readonly colors: PixelColors;
  /** The absolute value with the strongest color in a signed map. Default: the largest of the map. */
  readonly largest?: number | undefined;
  /** The alternative text. Omit it if a text beside the map describes it. */
  readonly label?: string | undefined;
}

/** Draws a small matrix, one pixel per number. */
export function PixelMap({ width, height, values, colors, largest, label }: PixelMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { current } = canvas;
    const context = current?.getContext("2d");
    if (!current || !context) return;
    current.width = width;
    current.height = height;
    const image = context.createImageData(width, height);
    paint(image.data, values, colors, largest);
    context.putImageData(image, 0, 0);
  }, [width, height, values, colors, largest]);
  return (
    <canvas
      ref={canvas}
      class={colors === "signed" ? "pixels signed" : "pixels"}
      style={{ aspectRatio: `${width} / ${height}` }}
      role={label === undefined ? undefined : "img"}
      aria-label={label}
      aria-hidden={label === undefined}
    />
  );
}

const ORANGE = [217, 112, 10] as const;
const BLUE = [43, 114, 190] as const;

/** The opacity of a signed number increases with its size, so 0 shows the background. */
function paint(
  pixels: Uint8ClampedArray,
  values: ArrayLike<number>,
  colors: PixelColors,
  largest: number | undefined,
): void {
  const count = pixels.length / 4;
  const list = Array.from(values);
  const channels = list.length / count;
  const max = largest ?? list.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  const low = Math.min(...list);
  const high = Math.max(...list);
  for (let pixel = 0; pixel < count; pixel++) {
    const value = list[pixel * channels] ?? 0;
    if (colors === "signed") {
      const share = max === 0 ? 0 : Math.min(1, Math.abs(value) / max);
      pixels.set([...(value < 0 ? ORANGE : BLUE), 255 * share], 4 * pixel);
    } else if (colors === "bytes" && channels === 3) {
      pixels.set([value, list[pixel * 3 + 1]!, list[pixel * 3 + 2]!, 255], 4 * pixel);
    } else {
      const gray = colors === "bytes" ? value : high === low ? 0 : (255 * (value - low)) / (high - low);
      pixels.set([gray, gray, gray, 255], 4 * pixel);
    }
  }
}
