import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** An image of 8-bit numbers: (height, width, 4), red, green, blue and opacity. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/**
 * The decoder's warnings about missing data, which it replaces with grey or a guess. Other warnings concern
 * files of some cameras.
 */
const DAMAGE = /premature end|bad Huffman code|instead of RST|inconsistent progression/i;

/** The decoder's messages about the current file. */
const warnings: string[] = [];
let compiled: WebAssembly.Module | undefined;
let decoder: Promise<(bytes: ArrayBuffer) => Promise<RgbaImage>> | undefined;

/**
 * Decodes a JPEG file and rotates it according to its Exif orientation. Throws Error for a damaged file. The
 * decoder is MozJPEG as WebAssembly (@jsquash/jpeg).
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<RgbaImage> {
  decoder ??= loadDecoder();
  const decode = await decoder;
  warnings.length = 0;
  let image: RgbaImage;
  try {
    image = await decode(Uint8Array.from(bytes).buffer);
  } catch {
    // The decoder does not release its stack after a damaged file. After about 100 damaged files, it fails
    // for every file or hangs. Therefore a new decoder is created after a damaged file.
    decoder = undefined;
    // The decoder throws an object without a message.
    throw new Error("the data is damaged");
  }
  const damage = warnings.find((warning) => DAMAGE.test(warning));
  if (damage !== undefined) throw new Error(damage);
  return image;
}

async function loadDecoder(): Promise<(bytes: ArrayBuffer) => Promise<RgbaImage>> {
  const { default: decode, init } = await import("@jsquash/jpeg/decode.js");
  const path = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
  // The decoder returns an ImageData, which only browsers have.
  if (!("ImageData" in globalThis)) Object.assign(globalThis, { ImageData: PlainImage });
  compiled ??= await WebAssembly.compile(Uint8Array.from(readFileSync(path)));
  const module = compiled;
  await init({
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
    printErr: (text: string) => void warnings.push(text),
  });
  return (bytes) => decode(bytes, { preserveOrientation: true });
}

class PlainImage implements RgbaImage {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}
