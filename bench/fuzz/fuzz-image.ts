import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { deflateSync } from "node:zlib";

import { predictCommand } from "../../packages/cli/src/commands/predict.ts";
import { parseCsv } from "../../packages/results/src/index.ts";
import { decodePhoto } from "../../packages/mnist/src/index.ts";
import { RandomChoices, hostileTexts } from "./random-choices.ts";
import { encodeFlatJpeg, encodeExif } from "./jpeg.ts";
import type { FuzzInputs } from "./fuzz-inputs.ts";
import { checkOutcome, captureOutcome, type FuzzResult } from "./command-outcome.ts";
import { encodeChunk, createRandomPng, encodeHeader, encodePng, encodeUint32, type PngChunk } from "./png.ts";

/** An image file and its known properties. */
interface Drawn {
  readonly bytes: Uint8Array;
  readonly what: string;
  /** Whether a reader must accept it; undefined if it may also report an error. */
  readonly isIntact?: boolean | undefined;
  readonly width?: number;
  readonly height?: number;
  /** (height, width, 3), 0 … 1. */
  readonly colors?: Float64Array;
  /** The largest difference from `colors`. */
  readonly tolerance?: number;
}

const require = createRequire(path.join(import.meta.dirname, "../../packages/mnist/package.json"));
const { default: encodeJpeg, init } = await import(require.resolve("@jsquash/jpeg/encode.js"));
await init({
  printErr: () => {},
  wasmBinary: Uint8Array.from(readFileSync(require.resolve("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm")))
    .buffer,
});

/** Generates an image file from the seed, and classifies it with `predict`. */
export async function fuzzImage(seed: number, folder: string, material: FuzzInputs): Promise<FuzzResult> {
  const chance = new RandomChoices(seed, "images");
  const drawn = await chance.weighted<() => Drawn | Promise<Drawn>>([
    [40, () => intactPng(chance)],
    [22, () => damagedPng(chance)],
    [10, () => photoJpeg(chance)],
    [8, () => flatJpeg(chance)],
    [12, () => damagedJpeg(chance)],
    [8, () => otherFile(chance)],
  ])();
  const ending = chance.one([".png", ".png", ".jpg", ".JPEG", ".PNG", "", ".txt", ".png.exe"]);
  const name = fileName(chance, ending);
  const file = path.join(folder, name);
  writeFileSync(file, drawn.bytes);
  const faults: string[] = [];
  const decoded = await decodePhoto(Uint8Array.from(drawn.bytes), file).catch(() => undefined);
  if (decoded !== undefined && drawn.isIntact === false)
    faults.push("a damaged image is read as an intact one");
  if (decoded === undefined && drawn.isIntact === true) faults.push("an intact image is refused");
  if (decoded !== undefined && drawn.width !== undefined) faults.push(...differences(decoded, drawn));

  let [paths, isUsable] = [[file], decoded !== undefined];
  const extra = chance.weighted<() => string[]>([
    [12, () => []],
    [2, () => [material.image]],
    [1, () => [danglingLink(folder)]],
    [1, () => [emptyFolder(folder, chance)]],
    [1, () => [folderNamedAsImage(folder)]],
    [1, () => ["/dev/null"]],
    [1, () => [path.join(folder, "missing.png")]],
  ])();
  paths = chance.is(0.5) ? [...paths, ...extra] : [...extra, ...paths];
  if (extra.length > 0 && extra[0] !== material.image) isUsable = false;
  if (extra.length === 0 && /\.(png|jpe?g)$/i.test(name) && chance.is(0.1)) paths = [folder];
  const style = chance.one(["picture", "picture", "symbol", undefined] as const);
  const form = chance.one(["text", "json", "csv"] as const);
  const isTerminal = form !== "csv" || chance.is(0.5);
  const options = { style, top: chance.integer(1, 5), [form]: true };
  const outcome = await captureOutcome(
    (terminal) => predictCommand(material.run, paths, options, terminal),
    isTerminal,
  );
  const { code, out, err } = outcome;
  const wholeOutcome = isTerminal ? outcome : { ...outcome, out: "" };
  // Control characters in a name are escaped.
  const shown = name.replaceAll(/[^\w.]+/g, "\n").split("\n");
  faults.push(...checkOutcome(wholeOutcome, [...shown.filter((part) => part.length > 2), ...extra, folder]));
  const isOneColor = /photo of one color/.test(err);
  if (isUsable && code !== 0 && !isOneColor)
    faults.push(`exit code ${code} for usable images: ${err.slice(0, 200)}`);
  if (!isUsable && code === 0) faults.push("exit code 0 although an image cannot be used");
  if (style !== "symbol" && isOneColor) faults.push("--style picture refuses a photo of one color");
  if (/NaN|undefined/.test(out)) faults.push("the answer has NaN or undefined");
  if (form !== "text" && (code === 0 || out !== "")) {
    const usable = isUsable && code === 0 ? paths.length : undefined;
    const file = isTerminal ? undefined : paths[0];
    faults.push(
      ...formFaults(form, out, usable, material, code === 0 && paths[0] !== folder ? file : undefined),
    );
  }
  return {
    kind: code === 0 ? "answer" : "error",
    what: `${drawn.what}, ${JSON.stringify(name)}, ${form}`,
    faults,
  };
}

function formFaults(
  form: "json" | "csv",
  out: string,
  count: number | undefined,
  { classNames }: FuzzInputs,
  file: string | undefined,
): string[] {
  try {
    if (form === "json") {
      const rows: { file: string; class: string; probabilities: Record<string, number> }[] = JSON.parse(out);
      const faults = count === undefined || rows.length === count ? [] : [`${rows.length} rows of JSON`];
      for (const { probabilities, class: best } of rows) {
        const entries = Object.entries(probabilities);
        const sum = entries.reduce((total, [, value]) => total + value, 0);
        if (Math.abs(sum - 1) > 1e-6) faults.push(`the probabilities sum to ${sum}`);
        if (entries.some(([name]) => !classNames.includes(name)) || entries.length !== classNames.length)
          faults.push("the JSON has other classes");
        if (probabilities[best] !== Math.max(...entries.map(([, value]) => value)))
          faults.push("the class is not the most probable one");
      }
      return faults;
    }
    const [, ...rows] = parseCsv("the output", out).map(({ record }) => record);
    const faults = count === undefined || rows.length === count ? [] : [`${rows.length} rows of CSV`];
    if (file !== undefined && rows[0]?.[0] !== file) faults.push("the CSV has another file name");
    return faults;
  } catch (error) {
    return [`the ${form} cannot be parsed: ${String(error)}`];
  }
}

function differences(
  { width, height, colors }: { width: number; height: number; colors: Float64Array },
  drawn: Drawn,
): string[] {
  if (width !== drawn.width || height !== drawn.height)
    return [`read as ${width} × ${height}, drawn as ${drawn.width} × ${drawn.height}`];
  if (drawn.colors === undefined) return [];
  let worst = 0;
  for (let at = 0; at < colors.length; at++)
    worst = Math.max(worst, Math.abs(colors[at]! - drawn.colors[at]!));
  return worst <= (drawn.tolerance ?? 1e-9) ? [] : [`a color differs by ${worst.toFixed(3)}`];
}

function fileName(chance: RandomChoices, ending: string): string {
  const stem = chance.is(0.5) ? `image${chance.integer(1, 99)}` : chance.one(hostileTexts);
  const name = `${stem.replaceAll("/", "∕")}${ending}`;
  return name === "." || name === ".." ? "dots.png" : name;
}

function danglingLink(folder: string): string {
  const link = path.join(folder, "link.png");
  symlinkSync(path.join(folder, "nowhere"), link);
  return link;
}

function emptyFolder(folder: string, chance: RandomChoices): string {
  const empty = path.join(folder, `empty${chance.one(hostileTexts).replaceAll("/", "∕")}`);
  mkdirSync(empty);
  return empty;
}

/** A folder whose only image is a folder. */
function folderNamedAsImage(folder: string): string {
  const inside = path.join(folder, "pictures");
  mkdirSync(path.join(inside, "folder.png"), { recursive: true });
  return inside;
}

function intactPng(chance: RandomChoices): Drawn {
  const { chunks, width, height, colors, what, isSupported } = createRandomPng(chance);
  // Interlaced images with fewer than 8 bits are rejected with advice.
  return { bytes: encodePng(chunks), width, height, colors, what, isIntact: isSupported };
}

function damagedPng(chance: RandomChoices): Drawn {
  const { chunks, what, width, height, isSupported } = createRandomPng(chance);
  const intact = encodePng(chunks);
  const find = (type: string): number => chunks.findIndex(([name]) => name === type);
  const replaced = (type: string, data: Uint8Array): Uint8Array =>
    encodePng(chunks.map((chunk): PngChunk => (chunk[0] === type ? [type, data] : chunk)));
  const ihdr = chunks[0]![1];
  const rest = [...ihdr.subarray(8)];
  const withHeader = (chunk: PngChunk): Uint8Array => encodePng([chunk, ...chunks.slice(1)]);
  const withRest = (index: number, value: number): Uint8Array =>
    withHeader(
      encodeHeader(
        width,
        height,
        rest.map((byte, at) => (at === index ? value : byte)),
      ),
    );
  const [how, bytes, isIntact] = chance.weighted<() => readonly [string, Uint8Array, boolean | undefined]>([
    [6, () => ["truncated", intact.subarray(0, chance.integer(1, intact.length - 1)), false]],
    [5, () => ["a byte changed", chance.changed(intact, 1), false]],
    [2, () => ["bytes changed", chance.changed(intact, chance.integer(2, 20)), false]],
    [1, () => ["zero size", withHeader(encodeHeader(chance.is(0.5) ? 0 : width, 0, rest)), false]],
    [2, () => ["huge size", withHeader(encodeHeader(hugeSide(chance), hugeSide(chance), rest)), false]],
    [1, () => ["a bomb", withHeader(encodeHeader(9_999, 9_999, [8, 6, 0, 0, 0])), false]],
    [
      1,
      () => ["another size", withHeader(encodeHeader(width + chance.integer(1, 9), height, rest)), undefined],
    ],
    [
      1,
      () => ["another height", withHeader(encodeHeader(width, height + chance.integer(1, 9), rest)), false],
    ],
    [1, () => ["a wrong depth", withRest(0, chance.one([0, 3, 5, 32, 255])), false]],
    [1, () => ["a wrong type", withRest(1, chance.one([1, 5, 7, 255])), false]],
    [1, () => ["a wrong method", withRest(chance.integer(2, 4), chance.integer(2, 255)), false]],
    [1, () => ["no IDAT", encodePng(chunks.filter(([type]) => type !== "IDAT")), false]],
    [1, () => ["no IHDR", encodePng(chunks.slice(1)), false]],
    [1, () => ["no IEND", encodePng(chunks.slice(0, -1)), false]],
    [
      1,
      () => ["data that inflate to more", replaced("IDAT", deflateSync(Buffer.alloc(30_000_000))), undefined],
    ],
    [1, () => ["a filter that does not exist", replaced("IDAT", deflateSync(Buffer.alloc(1e5, 9))), false]],
    [
      1,
      () => [
        "an unknown critical chunk",
        encodePng([chunks[0]!, ["ABCD", chance.bytes(9)], ...chunks.slice(1)]),
        undefined,
      ],
    ],
    [
      1,
      () => [
        "bytes after the end",
        Buffer.concat([intact, chance.bytes(chance.integer(1, 99))]),
        isSupported,
      ],
    ],
    [1, () => ["a palette of no color", withoutColors(chunks, find("PLTE")), undefined]],
    [
      1,
      () => [
        "a length of 4 GB",
        Buffer.concat([intact.subarray(0, 33), encodeUint32(0xffffffff), intact.subarray(37)]),
        false,
      ],
    ],
    [
      1,
      () => [
        "a damaged profile",
        encodePng([
          chunks[0]!,
          ["iCCP", Buffer.from(`a\0\0${chance.one(hostileTexts)}`)],
          ...chunks.slice(1),
        ]),
        undefined,
      ],
    ],
    [1, () => ["two headers", encodePng([chunks[0]!, ...chunks]), undefined]],
  ])();
  return { bytes, what: `${how}: ${what}`, isIntact };
}

function hugeSide(chance: RandomChoices): number {
  return chance.one([20_000, 100_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]);
}

function withoutColors(chunks: readonly PngChunk[], at: number): Uint8Array {
  const found = at === -1 ? 0 : at;
  return encodePng([...chunks.slice(0, found + 1), ["PLTE", new Uint8Array()], ...chunks.slice(found + 1)]);
}

async function photoJpeg(chance: RandomChoices): Promise<Drawn> {
  const [width, height] = [chance.integer(1, 40), chance.integer(1, 40)];
  const [dark, bright] = [chance.integer(0, 90), chance.integer(150, 255)];
  const rgba = Uint8ClampedArray.from({ length: 4 * width * height }, (_, index) => {
    if (index % 4 === 3) return 255;
    const x = (index >> 2) % width;
    return x * 2 < width ? dark : bright;
  });
  const options = {
    quality: chance.integer(20, 100),
    progressive: chance.is(0.5),
    color_space: chance.one([1, 3]),
    baseline: chance.is(0.3),
  };
  const bytes = new Uint8Array(await encodeJpeg({ data: rgba, width, height }, options));
  const colors = Float64Array.from({ length: 3 * width * height }, (_, index) => {
    return rgba[4 * Math.floor(index / 3) + (index % 3)]! / 255;
  });
  const orientation = chance.is(0.3) ? chance.integer(1, 8) : undefined;
  const what = `JPEG ${width} × ${height}, ${JSON.stringify(options)}, orientation ${orientation ?? "none"}`;
  if (orientation === undefined)
    return { bytes, width, height, colors, tolerance: 0.5, isIntact: true, what };
  const segment = encodeExif(orientation);
  const marker = Uint8Array.of(0xff, 0xe1, 0, segment.length + 2);
  const turned = Buffer.concat([bytes.subarray(0, 2), marker, segment, bytes.subarray(2)]);
  const size = orientation >= 5 ? { width: height, height: width } : { width, height };
  return { bytes: turned, ...size, isIntact: true, what };
}

function flatJpeg(chance: RandomChoices): Drawn {
  const [width, height] = [chance.integer(1, 4), chance.integer(1, 4)];
  const components = chance.weighted([
    [3, 1],
    [3, 3],
    [3, 4],
    [1, 2],
  ]);
  const levels = Array.from({ length: width * height }, () =>
    Array.from({ length: components }, () => chance.integer(0, 255)),
  );
  const colors = Float64Array.from({ length: 3 * 64 * width * height }, (_, index) => {
    const pixel = Math.floor(index / 3);
    const [x, y] = [pixel % (8 * width), Math.floor(pixel / (8 * width))];
    return levels[(y >> 3) * width + (x >> 3)]![0]! / 255;
  });
  return {
    bytes: encodeFlatJpeg({ width, height, levels }),
    what: `JPEG of ${components} components`,
    ...(components === 1 && {
      isIntact: true,
      width: 8 * width,
      height: 8 * height,
      colors,
      tolerance: 0.02,
    }),
    ...(components === 3 && { isIntact: true, width: 8 * width, height: 8 * height }),
  };
}

async function damagedJpeg(chance: RandomChoices): Promise<Drawn> {
  const { bytes, what } = chance.is(0.5) ? flatJpeg(chance) : await photoJpeg(chance);
  if (chance.is(0.4)) {
    const cut = chance.integer(1, bytes.length - 3);
    return { bytes: bytes.subarray(0, cut), what: `truncated at ${cut}: ${what}`, isIntact: false };
  }
  if (chance.is(0.15)) {
    const huge = Uint8Array.from(bytes);
    const frame = Buffer.from(huge).findIndex(
      (byte, at) => byte === 0xff && [0xc0, 0xc2].includes(huge[at + 1]!),
    );
    huge.fill(0xff, frame + 5, frame + 9);
    return { bytes: huge, what: `65,535 × 65,535: ${what}`, isIntact: false };
  }
  return { bytes: chance.changed(bytes, chance.integer(1, 8)), what: `bytes changed: ${what}` };
}

function otherFile(chance: RandomChoices): Drawn {
  const png = encodePng(createRandomPng(chance).chunks);
  const [what, bytes] = chance.one<readonly [string, Uint8Array]>([
    ["empty file", new Uint8Array()],
    ["text", Buffer.from(chance.one(hostileTexts))],
    ["web page", Buffer.from("<!doctype html><script>alert(1)</script>")],
    ["SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["GIF", Buffer.from("GIF89a\u0001\0\u0001\0\u0080\0\0", "latin1")],
    ["random bytes", chance.bytes(chance.integer(1, 3000))],
    ["signature of PNG alone", png.subarray(0, 8)],
    ["signature of JPEG alone", Uint8Array.of(0xff, 0xd8, 0xff)],
    ["chunk without an image", Buffer.concat([png.subarray(0, 8), encodeChunk(["IEND", new Uint8Array()])])],
    ["zip archive", Buffer.from("PK\u0003\u0004")],
  ]);
  return { bytes, what, isIntact: false };
}
