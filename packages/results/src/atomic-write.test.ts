import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { WatchedDisk } from "../test/watched-disk.ts";
import {
  syncFolder,
  systemDisk,
  writeFileAtomically,
  writeFilesAtomically,
  type Disk,
} from "./atomic-write.ts";
import { RunDirectoryError } from "./errors.ts";

test("several files replace old ones, and leave no temporary files", async () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, "a"), "old");
  await writeFilesAtomically([
    [join(folder, "a"), "new"],
    [join(folder, "b"), Uint8Array.of(1, 2)],
  ]);
  expect(readdirSync(folder).sort()).toEqual(["a", "b"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("new");
  expect([...readFileSync(join(folder, "b"))]).toEqual([1, 2]);
});

test("if one of several files cannot be written, all old ones stay", async () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, "a"), "old");
  const files = [
    [join(folder, "a"), "new"],
    [join(folder, "nowhere", "b"), "new"],
  ] as const;
  await expect(writeFilesAtomically(files)).rejects.toThrow(RunDirectoryError);
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("old");
});

test("writing to the path of a folder is an error, and leaves no temporary file", async () => {
  const folder = createTemporaryFolder();
  mkdirSync(join(folder, "b", "c"), { recursive: true });
  await expect(writeFilesAtomically([[join(folder, "b"), "new"]])).rejects.toThrow(
    `Cannot write ${join(folder, "b")}`,
  );
  expect(readdirSync(folder)).toEqual(["b"]);
});

/**
 * Returns the texts of all files in a folder. A temporary file has the name of its target with "unfinished".
 */
function texts(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [
      name.replace(/\.\d+-\d+\.tmp$/, " unfinished"),
      readFileSync(join(folder, name), "utf8"),
    ]),
  );
}

test("the complete file is on the disk before it replaces the old one", () => {
  const folder = createTemporaryFolder();
  const path = join(folder, "a");
  writeFileSync(path, "old");
  const disk = new WatchedDisk(() => texts(folder));
  writeFileAtomically(path, "new", disk);
  expect(disk.seen).toEqual([{ a: "old", "a unfinished": "new" }]);
  expect(texts(folder)).toEqual({ a: "new" });
});

test("if a sync fails, the old file stays", () => {
  const folder = createTemporaryFolder();
  const path = join(folder, "a");
  writeFileSync(path, "old");
  const disk = new WatchedDisk(() => null, 1);
  expect(() => writeFileAtomically(path, "new", disk)).toThrow(
    `Cannot write ${path}: the disk reports an error (EIO). Check the disk`,
  );
  expect(texts(folder)).toEqual({ a: "old" });
});

test("several files are all on the disk before any is renamed", async () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, "a"), "old");
  const files = ["a", "b"].map((name) => [join(folder, name), `new ${name}`] as const);
  const disk = new WatchedDisk(() => texts(folder));
  await writeFilesAtomically(files, disk);
  const before = { a: "old", "a unfinished": "new a", "b unfinished": "new b" };
  const after = { a: "new a", b: "new b" };
  // The last sync is that of the new names.
  expect(disk.seen).toEqual([before, before, after]);
  expect(texts(folder)).toEqual(after);
});

test("if the sync of one of several files fails, all old ones stay", async () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, "a"), "old");
  const files = ["a", "b"].map((name) => [join(folder, name), `new ${name}`] as const);
  const disk = new WatchedDisk(() => null, 1);
  await expect(writeFilesAtomically(files, disk)).rejects.toThrow("the disk reports an error (EIO)");
  // All were synced, because no file is closed while it is synced.
  expect(disk.seen).toHaveLength(2);
  expect(texts(folder)).toEqual({ a: "old" });
});

/** A disk whose folders cannot be synced. */
function failForFolders(code: string): Disk {
  const syncBlocking = (file: number): void => {
    if (fstatSync(file).isDirectory()) throw Object.assign(new Error(`${code}: fsync`), { code });
  };
  return { syncBlocking, sync: (file) => Promise.resolve().then(() => syncBlocking(file)) };
}

test.skipIf(process.platform === "win32")(
  "if the sync of the new names fails, so does the write",
  async () => {
    const folder = createTemporaryFolder();
    await expect(writeFilesAtomically([[join(folder, "a"), "new"]], failForFolders("EIO"))).rejects.toThrow(
      `Cannot write ${folder}: the disk reports an error (EIO)`,
    );
  },
);

test.each(["EINVAL", "ENOTSUP"])("a file system that cannot sync folders (%s) is no error", async (code) => {
  const folder = createTemporaryFolder();
  await writeFilesAtomically([[join(folder, "a"), "new"]], failForFolders(code));
  expect(texts(folder)).toEqual({ a: "new" });
  expect(() => syncFolder(folder, failForFolders(code))).not.toThrow();
});

test.skipIf(process.platform === "win32")("the names in a folder are synced", () => {
  const folder = createTemporaryFolder();
  const disk = new WatchedDisk(() => null, 1);
  expect(() => syncFolder(folder, disk)).toThrow(`Cannot write ${folder}: the disk reports an error (EIO)`);
  expect(disk.seen).toHaveLength(1);
});

test("the system's disk syncs an open file, and fails for a file that is not open", async () => {
  const file = openSync(join(createTemporaryFolder(), "a"), "w");
  systemDisk.syncBlocking(file);
  await systemDisk.sync(file);
  closeSync(file);
  // No file has this descriptor.
  const none = 2 ** 30;
  expect(() => systemDisk.syncBlocking(none)).toThrow("EBADF");
  await expect(systemDisk.sync(none)).rejects.toThrow("EBADF");
});

/** Returns the files and folders below a path that this process has open. */
function openBelow(folder: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((number) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${number}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return []; // the one that lists this folder is closed by now
    }
  });
}

test.skipIf(process.platform !== "linux")("no file stays open, whether or not the disk fails", async () => {
  const folder = createTemporaryFolder();
  const path = join(folder, "a");
  const held = openSync(folder, "r");
  expect(openBelow(folder)).toEqual([folder]);
  closeSync(held);
  for (const failures of [0, 1]) {
    const disk = (): WatchedDisk<void> => new WatchedDisk(() => {}, failures);
    const works: (() => unknown)[] = [
      () => writeFileAtomically(path, "x", disk()),
      () => writeFilesAtomically([[path, "x"]], disk()),
      () => syncFolder(folder, disk()),
    ];
    for (const work of works) {
      const [outcome] = await Promise.allSettled([Promise.try(work)]);
      expect(outcome.status).toBe(failures === 0 ? "fulfilled" : "rejected");
      expect(openBelow(folder)).toEqual([]);
    }
  }
});
