import { createHash as createNodeHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { deflateSync, gzipSync } from "node:zlib";

import * as memory from "./browser/files.ts";
import { crc32, gunzip, gunzipStart, inflate } from "./browser/gzip.ts";
import { createHash } from "./browser/hash.ts";
import { yieldToEventLoop, fileUrlToPath } from "./browser/host.ts";
import * as paths from "./browser/path.ts";
import * as nodeGzip from "./node/gzip.ts";
import * as nodePaths from "./node/path.ts";

// The versions for browsers return the same results as those for Node.

const bytes = fc.uint8Array({ maxLength: 3000 });

test("hashes are the same as in Node, for any chunks", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(bytes, fc.string({ unit: "grapheme" }))),
      fc.constantFrom("sha256", "md5"),
      (chunks, name) => {
        const [ours, theirs] = [createHash(name), createNodeHash(name)];
        for (const chunk of chunks) {
          ours.update(chunk);
          theirs.update(chunk);
        }
        expect(ours.digest("hex")).toBe(theirs.digest("hex"));
      },
    ),
  );
});

test("checksums are those of Node", () => {
  fc.assert(
    fc.property(bytes, (content) => {
      expect(crc32(content)).toBe(nodeGzip.crc32(content));
    }),
  );
  // The check value of the catalogue of CRC algorithms.
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

test("gzip files are unpacked as in Node, also from their first bytes", () => {
  fc.assert(
    fc.property(bytes, fc.nat(), (content, cut) => {
      const packed = gzipSync(content);
      expect(gunzip(packed, content.length)).toEqual(Uint8Array.from(content));
      const start = packed.subarray(0, 10 + (cut % packed.length));
      // Node may return some more of the content.
      const ours = gunzipStart(start);
      expect(Buffer.from(ours)).toEqual(Buffer.from(content.subarray(0, ours.length)));
    }),
  );
});

test("the start of a large gzip file contains the header", () => {
  const content = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7919) % 251);
  const start = gzipSync(content).subarray(0, 4096);
  expect(gunzipStart(start).length).toBeGreaterThan(1000);
  expect(nodeGzip.gunzipStart(start).length).toBeGreaterThan(1000);
});

test("a gzip file that is too large or damaged throws as in Node", () => {
  const packed = gzipSync(new Uint8Array(100));
  for (const unpack of [gunzip, nodeGzip.gunzip]) {
    expect(() => unpack(packed, 99)).toThrow(expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }));
    expect(() => unpack(packed.subarray(0, packed.length - 9), 100)).toThrow(
      /unexpected (?:end|EOF)|invalid gzip/i,
    );
    expect(() => unpack(Uint8Array.of(0x1f, 0x8b, 8, 0), 100)).toThrow(/unexpected (?:end|EOF)|invalid/i);
  }
});

test("paths are joined and split as on Linux", () => {
  // Without two slashes at the start, which refer to another machine on Windows.
  const part = fc.constantFrom("a", "b.yaml", "..", ".", "c d", "e.tar.gz", ".hidden");
  const path = fc
    .tuple(fc.constantFrom("", "/"), fc.array(part, { maxLength: 5 }))
    .map(([root, parts]) => root + parts.join("/"));
  fc.assert(
    fc.property(path, path, (one, other) => {
      const [here, there] = [`/x/${one}`, `/y/${other}`];
      expect(paths.resolve(here, other)).toBe(nodePaths.resolve(here, other));
      expect(paths.relative(paths.resolve(here), paths.resolve(there))).toBe(
        nodePaths.relative(nodePaths.resolve(here), nodePaths.resolve(there)),
      );
      expect(paths.isAbsolute(one)).toBe(nodePaths.isAbsolute(one));
      const whole = paths.resolve(here, other);
      expect(paths.dirname(whole)).toBe(nodePaths.dirname(whole));
      expect(paths.basename(whole)).toBe(nodePaths.basename(whole));
      expect(paths.extname(whole)).toBe(nodePaths.extname(whole));
    }),
  );
});

test("a file in memory reads back as written: at once, in chunks, and after a rename", () => {
  memory.mkdirSync("/page/data", { recursive: true });
  memory.writeFileSync("/page/data/a.txt", "grüße");
  expect(memory.readFileSync("/page/data/a.txt", "utf8")).toBe("grüße");
  expect(memory.statSync("/page/data/a.txt").size).toBe(7);

  const file = memory.openSync("/page/data/b.bin", "w");
  memory.writeFileSync(file, Uint8Array.of(1, 2, 3, 4));
  memory.fsyncSync(file);
  memory.closeSync(file);
  memory.renameSync("/page/data/b.bin", "/page/data/c.bin");
  expect(memory.existsSync("/page/data/b.bin")).toBe(false);
  const opened = memory.openSync("/page/data/c.bin", "r");
  const chunk = new Uint8Array(4);
  expect(memory.readSync(opened, chunk, 1, 3, 2)).toBe(2);
  expect(chunk).toEqual(Uint8Array.of(0, 3, 4, 0));
  expect(memory.fstatSync(opened).size).toBe(4);
  memory.closeSync(opened);
  expect(memory.readdirSync("/page/data").sort()).toEqual(["a.txt", "c.bin"]);
  memory.rmSync("/page/data/c.bin", { force: true });
  expect(memory.readdirSync("/page/data")).toEqual(["a.txt"]);
  expect(memory.statSync("/page/data/c.bin", { throwIfNoEntry: false })).toBeUndefined();
});

test("a missing file fails with the code of the system", () => {
  memory.mkdirSync("/here/folder", { recursive: true });
  memory.writeFileSync("/here/file", "");
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => memory.readFileSync("/here/nothing")).toThrow(code("ENOENT"));
  expect(() => memory.statSync("/here/nothing")).toThrow(code("ENOENT"));
  expect(() => memory.readdirSync("/here/nothing")).toThrow(code("ENOENT"));
  expect(() => memory.realpathSync("/here/nothing")).toThrow(code("ENOENT"));
  expect(() => memory.readFileSync("/here/folder")).toThrow(code("EISDIR"));
  expect(() => memory.openSync("/nowhere/file", "w")).toThrow(code("ENOENT"));
  expect(() => memory.writeFileSync("/here/file/below", "")).toThrow(code("ENOTDIR"));
  expect(() => memory.mkdirSync("/here/file/below", { recursive: true })).toThrow(code("ENOTDIR"));
});

test("yieldToEventLoop resolves after pending microtasks", async () => {
  const order: string[] = [];
  const turn = yieldToEventLoop().then(() => order.push("turn"));
  await Promise.resolve().then(() => order.push("microtask"));
  await turn;
  expect(order).toEqual(["microtask", "turn"]);
  expect(fileUrlToPath("file:///a%20b/c.ts")).toBe("/a b/c.ts");
});

test("zlib data are unpacked as in Node", () => {
  fc.assert(
    fc.property(bytes, (content) => {
      const packed = deflateSync(content);
      for (const unpack of [inflate, nodeGzip.inflate]) {
        expect(Uint8Array.from(unpack(packed, content.length))).toEqual(Uint8Array.from(content));
      }
    }),
  );
});

test("zlib data of more than the expected length are an error with the same code", () => {
  const packed = deflateSync(new Uint8Array(1000));
  for (const unpack of [inflate, nodeGzip.inflate])
    expect(() => unpack(packed, 999)).toThrow(expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }));
});
