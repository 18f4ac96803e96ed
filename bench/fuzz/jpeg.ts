/** A JPEG file of flat blocks: one level per component and block of 8 × 8 pixels. */
export interface FlatJpeg {
  /** Width and height in blocks. */
  readonly width: number;
  readonly height: number;
  /** For each block, its level from 0 to 255 per component. */
  readonly levels: readonly (readonly number[])[];
  /** The value of the Exif orientation, 1 to 8; undefined for none. */
  readonly orientation?: number | undefined;
}

/** Encodes flat blocks as a baseline JPEG (ITU-T T.81): each block has only its mean, no other frequency. */
export function encodeFlatJpeg({ width, height, levels, orientation }: FlatJpeg): Uint8Array<ArrayBuffer> {
  const components = levels[0]!.length;
  const parts: Uint8Array[] = [Uint8Array.of(0xff, 0xd8)];
  if (orientation !== undefined) parts.push(segment(0xe1, encodeExif(orientation)));
  if (components === 4) parts.push(segment(0xee, Buffer.from("Adobe\0\u0064\0\0\0\0\u0002")));
  // Quantization by 8 for the mean: eight times the level above 128 becomes the level itself.
  parts.push(segment(0xdb, Uint8Array.from([0, 8, ...Array.from({ length: 63 }, () => 1)])));
  const ids = Array.from({ length: components }, (_, index) => index + 1);
  const size = [8 * height, 8 * width].flatMap((value) => [value >> 8, value & 255]);
  parts.push(segment(0xc0, Uint8Array.from([8, ...size, components, ...ids.flatMap((id) => [id, 0x11, 0])])));
  // Twelve codes of four bits for the sizes of differences; one code of one bit for the end of a block.
  const sizes = Array.from({ length: 12 }, (_, index) => index);
  parts.push(segment(0xc4, Uint8Array.from([0, ...counts(4, 12), ...sizes])));
  parts.push(segment(0xc4, Uint8Array.from([0x10, ...counts(1, 1), 0])));
  parts.push(segment(0xda, Uint8Array.from([components, ...ids.flatMap((id) => [id, 0]), 0, 63, 0])));
  const bits: number[] = [];
  const push = (value: number, length: number): void => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  const last = ids.map(() => 0);
  for (const block of levels) {
    for (const [index, level] of block.entries()) {
      const difference = level - 128 - last[index]!;
      last[index] = level - 128;
      const length = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
      push(length, 4);
      push(difference < 0 ? difference + 2 ** length - 1 : difference, length);
      push(0, 1);
    }
  }
  while (bits.length % 8 !== 0) bits.push(1);
  const scan: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = bits.slice(at, at + 8).reduce((sum, bit) => 2 * sum + bit, 0);
    scan.push(byte);
    if (byte === 0xff) scan.push(0);
  }
  parts.push(Uint8Array.from(scan), Uint8Array.of(0xff, 0xd9));
  return Uint8Array.from(Buffer.concat(parts));
}

function counts(length: number, count: number): number[] {
  return Array.from({ length: 16 }, (_, index) => (index === length - 1 ? count : 0));
}

function segment(marker: number, data: Uint8Array): Uint8Array {
  const length = data.length + 2;
  return Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 255), data]);
}

/** Returns the data of an Exif segment that contains only an orientation. */
export function encodeExif(orientation: number): Uint8Array {
  const entry = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0];
  return Buffer.concat([Buffer.from("Exif\0\0"), Uint8Array.from(tiff)]);
}
