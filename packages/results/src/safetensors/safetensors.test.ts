import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { RunDirectoryError } from "../errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
} from "./safetensors.ts";

/** Returns a file that is built according to the format's specification: length, header, numbers. */
function fileOf(header: string, data: readonly number[] = [], length = Buffer.byteLength(header)): Buffer {
  const prefix = [0, 8, 16, 24, 32, 40, 48, 56].map((shift) =>
    Number((BigInt(length) >> BigInt(shift)) & 0xffn),
  );
  return Buffer.concat([Buffer.from(prefix), Buffer.from(header), Buffer.from(data)]);
}

// 1.5 is 0x3fc00000 and −2 is 0xc0000000 in IEEE 754's 32 bits; 1.5 is 0x3ff8000000000000 in its 64.
const one5 = [0x00, 0x00, 0xc0, 0x3f];
const minus2 = [0x00, 0x00, 0x00, 0xc0];
const one5wide = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x3f];

test("the bytes follow the format: length, sorted header with padding, little-endian numbers", () => {
  const bytes = encodeSafetensors(
    [
      ["b", { shape: [2], data: new Float32Array([1.5, -2]) }],
      ["a", { shape: [1, 1], data: new Float32Array([-2]) }],
      ["z", { shape: [], data: new Float64Array([1.5]) }],
    ],
    { step: "12", "best epoch": "3" },
  );
  const header =
    `{"__metadata__":{"best epoch":"3","step":"12"},"z":{"dtype":"F64","shape":[],"data_offsets":[0,8]},` +
    `"a":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}`;
  const padded = header.padEnd(216, " ");
  expect(padded.length - header.length).toBeLessThan(8);
  expect(Buffer.from(bytes)).toEqual(fileOf(padded, [...one5wide, ...minus2, ...one5, ...minus2]));
});

test("a file without tensors is an empty header", () => {
  expect(Buffer.from(encodeSafetensors([]))).toEqual(fileOf("{}      "));
});

test("reads a header of another program: any order, any spacing, no padding", () => {
  const header =
    ` {"b": {"data_offsets": [4, 8], "shape": [1], "dtype": "F32"},\n "a": {"dtype": "F32", "shape": [1, ` +
    `1], "data_offsets": [0, 4]}}`;
  const { tensors, metadata } = decodeSafetensors(fileOf(header, [...one5, ...minus2]), "x");
  expect([...tensors]).toEqual([
    ["a", { shape: [1, 1], data: new Float32Array([1.5]) }],
    ["b", { shape: [1], data: new Float32Array([-2]) }],
  ]);
  expect(metadata).toEqual({});
});

const shape = fc.array(fc.nat(4), { maxLength: 3 });
const tensor: fc.Arbitrary<StoredTensor> = fc.tuple(shape, fc.boolean()).chain(([extents, wide]) => {
  const length = extents.reduce((product, extent) => product * extent, 1);
  const bounds = { minLength: length, maxLength: length };
  const data: fc.Arbitrary<Float32Array | Float64Array> = wide
    ? fc.float64Array(bounds)
    : fc.float32Array(bounds);
  return fc.record({ shape: fc.constant(extents), data });
});
const text = fc.string({ unit: "binary" });
const names = fc
  .oneof(text, fc.constantFrom("0", "1", "__proto__", "layers.1.weight"))
  .filter((name) => name !== "__metadata__");
const tensors = fc.uniqueArray(fc.tuple(names, tensor), { selector: ([name]) => name, maxLength: 5 });
const metadata = fc.dictionary(text, text, { maxKeys: 3 });

test("tensors and metadata read back bit for bit, and their order changes no byte", () => {
  fc.assert(
    fc.property(tensors, metadata, (named, notes) => {
      const bytes = encodeSafetensors(named, notes);
      const file = decodeSafetensors(bytes, "x");
      expect(new Map(Object.entries(file.metadata))).toEqual(new Map(Object.entries(notes)));
      expect(file.tensors.size).toBe(named.length);
      for (const [name, { shape: extents, data }] of named) {
        const found = file.tensors.get(name)!;
        expect(found.shape).toEqual(extents);
        expect(found.data.constructor).toBe(data.constructor);
        expect(Buffer.from(found.data.buffer, found.data.byteOffset, found.data.byteLength)).toEqual(
          Buffer.from(data.buffer, data.byteOffset, data.byteLength),
        );
      }
      expect(encodeSafetensors(named.toReversed(), notes)).toEqual(bytes);
    }),
  );
});

test("the data begin at a multiple of eight bytes, each tensor at a multiple of its element size", () => {
  fc.assert(
    fc.property(tensors, metadata, (named, notes) => {
      const bytes = Buffer.from(encodeSafetensors(named, notes));
      const length = Number(bytes.readBigUInt64LE());
      expect(length % 8).toBe(0);
      const header: Record<string, { dtype: string; data_offsets: number[] }> = JSON.parse(
        bytes.subarray(8, 8 + length).toString(),
      );
      for (const [name] of named) {
        const { dtype, data_offsets: offsets } = header[name]!;
        expect(offsets[0]! % (dtype === "F64" ? 8 : 4)).toBe(0);
      }
    }),
  );
});

test("a truncated or extended file is an error, never different tensors", () => {
  fc.assert(
    fc.property(tensors, fc.nat(), (named, cut) => {
      const bytes = encodeSafetensors(named);
      const shorter = bytes.subarray(0, cut % bytes.length);
      expect(() => decodeSafetensors(shorter, "x")).toThrow(RunDirectoryError);
      expect(() => decodeSafetensors(Buffer.concat([bytes, Buffer.alloc(1)]), "x")).toThrow(
        RunDirectoryError,
      );
    }),
  );
});

test("a changed byte in the length or the header is an error or another valid file, never a crash", () => {
  fc.assert(
    fc.property(tensors, fc.nat(), fc.integer({ min: 1, max: 255 }), (named, at, change) => {
      const bytes = Buffer.from(encodeSafetensors(named));
      const position = at % (8 + Number(bytes.readBigUInt64LE()));
      bytes[position] = bytes[position]! ^ change;
      expect([Map, RunDirectoryError]).toContain(outcome(bytes).constructor);
    }),
    { numRuns: 500 },
  );
});

/** Returns the tensors, or the thrown error. */
function outcome(bytes: Uint8Array): object {
  try {
    return new Map(decodeSafetensors(bytes, "x").tensors);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const entry = (fields: string): string => `{"w":{${fields}}}`;

/** Replaces each question mark with a byte that UTF-8 does not use. */
function notUtf8(file: Buffer): Buffer {
  return Buffer.from(file.map((byte) => (byte === 0x3f ? 0xff : byte)));
}

const damagedFiles: [bytes: Buffer, message: string][] = [
  [Buffer.from([1, 2, 3]), "expected 8 bytes with the length of the header, got 3"],
  [Buffer.alloc(7), "expected 8 bytes with the length of the header, got 7"],
  [fileOf(""), "the header is not JSON"],
  [fileOf("{}", [], 100), "the header should be 100 bytes long, the file has 2 after its length"],
  [fileOf("{]"), "the header is not JSON"],
  // The header must begin with "{".
  [fileOf("\uFEFF{}"), "the header is not JSON"],
  [notUtf8(fileOf(`{"__metadata__":{"?":"12"}}`)), "the header is not JSON"],
  [fileOf("[]"), "the header is not a map"],
  [fileOf(`{"__metadata__":{"step":3}}`), "expected __metadata__ to be a map of texts"],
  [fileOf(`{"w":3}`), `expected tensor "w" to be a map`],
  [
    fileOf(entry(`"dtype":"BF16","shape":[2],"data_offsets":[0,4]`), one5),
    `expected dtype F32 or F64 for tensor "w", got "BF16"`,
  ],
  [
    fileOf(entry(`"dtype":"F32","shape":[-1],"data_offsets":[0,4]`), one5),
    `expected the shape of tensor "w" to be a list of whole numbers`,
  ],
  [
    fileOf(entry(`"dtype":"F32","shape":[1],"data_offsets":[0]`), one5),
    `expected data_offsets of tensor "w" to be two whole numbers`,
  ],
  [
    fileOf(entry(`"dtype":"F32","shape":[2],"data_offsets":[0,4]`), one5),
    `tensor "w" of shape (2) needs 8 bytes, its offsets span 4`,
  ],
  [
    fileOf(entry(`"dtype":"F32","shape":[1],"data_offsets":[4,8]`), [...one5, ...one5]),
    `tensor "w" should begin at byte 0 of the data, not 4`,
  ],
  [
    fileOf(entry(`"dtype":"F32","shape":[1],"data_offsets":[0,4]`), [...one5, 0]),
    "the tensors take 4 bytes, the file has 5 after the header",
  ],
];

test.for(damagedFiles.map(([bytes, message]) => ({ bytes, message })))("$message", ({ bytes, message }) => {
  const path = join(createTemporaryFolder(), "model.safetensors");
  writeFileSync(path, bytes);
  expect(() => readSafetensors(path)).toThrow(`${path} is not an intact safetensors file: ${message}.`);
});

test.for([
  [[["w", { shape: [2], data: new Float32Array(3) }]], `tensor "w" of shape (2) needs 2 numbers, got 3`],
  [
    [["__metadata__", { shape: [1], data: new Float32Array(1) }]],
    `tensor name "__metadata__" is not allowed`,
  ],
] satisfies [[string, StoredTensor][], string][])("$1", ([named, message]) => {
  expect(() => encodeSafetensors(named)).toThrow(message);
});

test("writes a view of shared memory, where the kernels keep weights", () => {
  const path = join(createTemporaryFolder(), "model.safetensors");
  const memory = new Float32Array(new SharedArrayBuffer(64));
  memory.set([1.5, -2], 3);
  writeSafetensors(path, new Map([["w", { shape: [2], data: memory.subarray(3, 5) }]]));
  expect(readSafetensors(path).tensors.get("w")?.data).toEqual(new Float32Array([1.5, -2]));
  expect(readFileSync(path).length % 8).toBe(0);
});
