import type { FileStats, FileSystem } from "../interfaces.ts";
import { basename, dirname, join, resolve } from "./path.ts";

/** The files and folders of the page, by absolute path. They exist until the page is closed. */
const files = new Map<string, Uint8Array<ArrayBuffer> | "folder">([["/", "folder"]]);

interface OpenFile {
  readonly path: string;
  content: Uint8Array<ArrayBuffer>;
}

const opened = new Map<number, OpenFile>();
let lastNumber = 2;

/** A file system in memory, because a page cannot access the disk. */
const memory: FileSystem = {
  existsSync: (path) => files.has(resolve(path)),
  statSync,
  readFileSync,
  readdirSync(folder) {
    const path = resolve(folder);
    if (files.get(path) !== "folder") throw failure(files.has(path) ? "ENOTDIR" : "ENOENT", "scandir", path);
    return [...files.keys()]
      .filter((each) => each !== "/" && dirname(each) === path)
      .map((each) => basename(each));
  },
  realpathSync(path) {
    const real = resolve(path);
    if (!files.has(real)) throw failure("ENOENT", "realpath", real);
    return real;
  },
  mkdirSync(path) {
    const whole = resolve(path);
    const parts = whole.split("/").filter((part) => part !== "");
    for (let count = 1; count <= parts.length; count++) {
      const folder = join("/", ...parts.slice(0, count));
      if (files.has(folder) && files.get(folder) !== "folder") throw failure("ENOTDIR", "mkdir", folder);
      files.set(folder, "folder");
    }
    return undefined;
  },
  renameSync(from, to) {
    const [source, target] = [resolve(from), resolve(to)];
    const content = contentOf(source, "rename");
    requireFolder(target, "rename");
    files.set(target, content);
    if (source !== target) files.delete(source);
  },
  rmSync(path) {
    const whole = resolve(path);
    if (files.get(whole) === "folder") throw failure("EISDIR", "rm", whole);
    files.delete(whole);
  },
  openSync(path, flags) {
    const whole = resolve(path);
    if (flags === "w") {
      requireFolder(whole, "open");
      files.set(whole, new Uint8Array());
    }
    const content = contentOf(whole, "open");
    lastNumber += 1;
    opened.set(lastNumber, { path: whole, content });
    return lastNumber;
  },
  fstatSync: (file) => statsOf(openFile(file).content),
  readSync(file, bytes, offset, length, position) {
    const chunk = openFile(file).content.subarray(position, position + length);
    bytes.set(chunk, offset);
    return chunk.length;
  },
  writeFileSync(file, content) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
    if (typeof file === "string") {
      const whole = resolve(file);
      requireFolder(whole, "open");
      files.set(whole, bytes);
      return;
    }
    const open = openFile(file);
    open.content = bytes;
    files.set(open.path, bytes);
  },
  fsyncSync: () => {},
  fsync: (_file, done) => done(null),
  closeSync: (file) => void opened.delete(file),
};

export const {
  closeSync,
  existsSync,
  fstatSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} = memory;

/** Returns the size and the type of a file or folder. */
export function statSync(path: string): FileStats;
export function statSync(path: string, options: { readonly throwIfNoEntry: false }): FileStats | undefined;
export function statSync(path: string, options?: { readonly throwIfNoEntry: false }): FileStats | undefined {
  const content = files.get(resolve(path));
  if (content === undefined && options === undefined) throw failure("ENOENT", "stat", path);
  return content === undefined ? undefined : statsOf(content);
}

/** Returns the content of a file. */
export function readFileSync(path: string): Uint8Array<ArrayBuffer>;
export function readFileSync(path: string, encoding: "utf8"): string;
export function readFileSync(path: string, encoding?: "utf8"): Uint8Array<ArrayBuffer> | string {
  const content = contentOf(resolve(path), "open");
  return encoding === undefined ? content : new TextDecoder().decode(content);
}

function statsOf(content: Uint8Array | "folder"): FileStats {
  const isFolder = content === "folder";
  return { size: isFolder ? 0 : content.length, isFile: () => !isFolder, isDirectory: () => isFolder };
}

function contentOf(path: string, call: string): Uint8Array<ArrayBuffer> {
  const content = files.get(path);
  if (content === undefined) throw failure("ENOENT", call, path);
  if (content === "folder") throw failure("EISDIR", call, path);
  return content;
}

function requireFolder(path: string, call: string): void {
  const folder = files.get(dirname(path));
  if (folder !== "folder") throw failure(folder === undefined ? "ENOENT" : "ENOTDIR", call, path);
  if (files.get(path) === "folder") throw failure("EISDIR", call, path);
}

function openFile(file: number): OpenFile {
  const open = opened.get(file);
  if (open === undefined) throw failure("EBADF", "read", String(file));
  return open;
}

const MEANINGS = {
  ENOENT: "no such file or directory",
  ENOTDIR: "not a directory",
  EISDIR: "illegal operation on a directory",
  EBADF: "bad file descriptor",
};

/** Creates an error with the same message and code as in Node. */
function failure(code: keyof typeof MEANINGS, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${MEANINGS[code]}, ${call} '${path}'`), {
    code,
    path,
    syscall: call,
  });
}
