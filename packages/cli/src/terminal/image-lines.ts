import type { Terminal } from "./terminal.ts";

/**
 * Returns an image (H, W, C) of bytes as lines of half-block characters, with two rows of pixels per line.
 * With colors, each pixel has its own color. Otherwise a pixel is drawn if it is at least half as bright as
 * white.
 */
export function formatImage(
  image: Uint8Array,
  [height = 1, width = 1, channels = 1]: readonly number[],
  { colors }: Pick<Terminal, "colors">,
): string[] {
  const pixel = (y: number, x: number): readonly [number, number, number] => {
    const at = (y * width + x) * channels;
    const value = (channel: number): number => (y < height ? image[at + channel]! : 0);
    return channels < 3 ? [value(0), value(0), value(0)] : [value(0), value(1), value(2)];
  };
  return Array.from({ length: Math.ceil(height / 2) }, (_, line) => {
    const pairs = Array.from(
      { length: width },
      (_, x) => [pixel(2 * line, x), pixel(2 * line + 1, x)] as const,
    );
    if (!colors.isColorSupported) return pairs.map(([upper, lower]) => block(upper, lower)).join("");
    const colored = pairs.map(
      ([upper, lower]) => `\u001B[38;2;${upper.join(";")}m\u001B[48;2;${lower.join(";")}m▀`,
    );
    return `${colored.join("")}\u001B[0m`;
  });
}

function block(upper: readonly number[], lower: readonly number[]): string {
  const isBright = (pixel: readonly number[]): boolean => pixel.reduce((sum, value) => sum + value, 0) >= 384;
  return [" ", "▄", "▀", "█"][2 * Number(isBright(upper)) + Number(isBright(lower))]!;
}
